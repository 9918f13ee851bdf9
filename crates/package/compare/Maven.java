// Maven's own answers to the questions of generate.py; run by compare/run with maven-artifact on the class path.
import java.io.*;
import org.apache.maven.artifact.versioning.*;

public class Maven {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] field = line.split("\t", -1);
            out.append(field[0].equals("compare") ? compare(field[2], field[3]) : contains(field[2], field[3])).append('\n');
        }
        System.out.print(out);
    }

    static String compare(String left, String right) {
        int order = new ComparableVersion(left).compareTo(new ComparableVersion(right));
        return order < 0 ? "<" : order > 0 ? ">" : "=";
    }

    static String contains(String range, String version) {
        try {
            return VersionRange.createFromVersionSpec(range).containsVersion(new DefaultArtifactVersion(version)) ? "yes" : "no";
        } catch (InvalidVersionSpecificationException error) {
            return "error";
        }
    }
}
