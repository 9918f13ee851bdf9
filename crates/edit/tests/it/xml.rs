//! XML: pom.xml and csproj.

use fleetwright_edit::Format::Xml;
use serde_json::json;

use crate::{refused, table};

const POM: &str = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!-- pom -->
<project xmlns=\"http://maven.apache.org/POM/4.0.0\">
    <version>1.0</version> <!-- ours -->
    <properties/>
    <name></name>
    <dependencies>
        <dependency>
            <artifactId>junit</artifactId>
            <version> 4.0 </version>
        </dependency>
        <dependency scope = 'x'>
            <artifactId>log4j-core</artifactId>
            <version><![CDATA[2.0]]></version>
        </dependency>
        <!-- end -->
    </dependencies>
    <modules><module>a&amp;b</module></modules>
</project>
";

fn pom_table(rows: &[(&str, &str, serde_json::Value, &str, &str)]) {
    let new: Vec<String> = rows
        .iter()
        .map(|row| {
            assert_eq!(POM.matches(row.3).count(), 1, "{}", row.3);
            POM.replace(row.3, row.4)
        })
        .collect();
    let rows: Vec<_> =
        rows.iter().zip(&new).map(|(row, new)| (row.0, row.1, row.2.clone(), POM, new.as_str())).collect();
    table(Xml, &rows);
    let crlf_old = format!("\u{feff}{}", POM.trim_end().replace('\n', "\r\n"));
    let crlf_new: Vec<String> =
        new.iter().map(|new| format!("\u{feff}{}", new.trim_end().replace('\n', "\r\n"))).collect();
    let crlf: Vec<_> = rows
        .iter()
        .zip(&crlf_new)
        .map(|(row, new)| (row.0, row.1, row.2.clone(), crlf_old.as_str(), new.as_str()))
        .collect();
    table(Xml, &crlf);
}

#[test]
fn edits_of_a_pom() {
    let none = json!(null);
    let log4j = "project.dependencies.dependency[artifactId=log4j-core]";
    pom_table(&[
        ("set", "project.version", json!("1.1 & <2>"), ">1.0<", ">1.1 &amp; &lt;2&gt;<"),
        ("set", "project.dependencies.dependency[artifactId=junit].version", json!("4.1"), " 4.0 ", " 4.1 "),
        ("set", &format!("{log4j}.version"), json!("2.17.1"), "<![CDATA[2.0]]>", "2.17.1"),
        ("set", &format!("{log4j}.@scope"), json!("it's"), "scope = 'x'", "scope = 'it&apos;s'"),
        ("set", "project.@id", json!(7), "POM/4.0.0\">", "POM/4.0.0\" id=\"7\">"),
        ("set", "project.name", json!("n"), "<name></name>", "<name>n</name>"),
        (
            "set",
            "project.properties[\"java.version\"]",
            json!(17),
            "<properties/>",
            "<properties>\n        <java.version>17</java.version>\n    </properties>",
        ),
        (
            "set",
            "project.build.finalName",
            json!("x"),
            "b</module></modules>\n",
            "b</module></modules>\n    <build>\n        <finalName>x</finalName>\n    </build>\n",
        ),
        ("set", &format!("{log4j}.scope"), json!("test"), "<name>", "<name>"),
        ("delete", &format!("{log4j}.@scope"), none.clone(), " scope = 'x'", ""),
        (
            "delete",
            "project.dependencies.dependency[1]",
            none.clone(),
            "        <dependency scope = 'x'>\n            <artifactId>log4j-core</artifactId>\n            <version><![CDATA[2.0]]></version>\n        </dependency>\n",
            "",
        ),
        (
            "delete",
            "project.dependencies.dependency[*].version",
            none.clone(),
            "            <version> 4.0 </version>\n        </dependency>\n        <dependency scope = 'x'>\n            <artifactId>log4j-core</artifactId>\n            <version><![CDATA[2.0]]></version>\n",
            "        </dependency>\n        <dependency scope = 'x'>\n            <artifactId>log4j-core</artifactId>\n",
        ),
        ("delete", "project.nothing.here", none, "<name>", "<name>"),
    ]);
}

#[test]
fn elements_are_added_to_a_pom() {
    pom_table(&[
        (
            "append",
            "project.modules.module",
            json!(["a&b", "c"]),
            "b</module>",
            "b</module><module>c</module>",
        ),
        (
            "append",
            "project.dependencies.dependency",
            json!({"@k": "v", "artifactId": "x", "version": 1}),
            "[2.0]]></version>\n        </dependency>\n",
            "[2.0]]></version>\n        </dependency>\n        <dependency k=\"v\">\n            <artifactId>x</artifactId>\n            <version>1</version>\n        </dependency>\n",
        ),
        (
            "append",
            "project.repositories.repository",
            json!({"id": "r"}),
            "b</module></modules>\n",
            "b</module></modules>\n    <repositories>\n        <repository>\n            <id>r</id>\n        </repository>\n    </repositories>\n",
        ),
        (
            "merge",
            "",
            json!({"project": {"version": "2", "properties": {"a": "1"}}}),
            "<version>1.0</version> <!-- ours -->\n    <properties/>",
            "<version>2</version> <!-- ours -->\n    <properties>\n        <a>1</a>\n    </properties>",
        ),
    ]);
}

#[test]
fn small_documents() {
    table(
        Xml,
        &[
            ("set", "a", json!("1"), "<a/>", "<a>1</a>"),
            ("set", "a.b", json!("1"), "<a />", "<a>\n  <b>1</b>\n</a>"),
            ("set", "a.b", json!("1"), "<a><!-- c --></a>", "<a><!-- c -->\n  <b>1</b>\n</a>"),
            (
                "set",
                "P.I.R[@Include=S].@Version",
                json!("2"),
                "<P><I><R Include=\"S\" Version=\"1\" /></I></P>",
                "<P><I><R Include=\"S\" Version=\"2\" /></I></P>",
            ),
            ("set", "a.b", json!("2"), "<a><b k='1'>1</b></a>", "<a><b k='1'>2</b></a>"),
            (
                "set",
                "a.b",
                json!({"c": "2"}),
                "<a>\n\t<b>1</b>\n</a>",
                "<a>\n\t<b>\n\t\t<c>2</c>\n\t</b>\n</a>",
            ),
            ("delete", "a.b", json!(null), "<a><b/><c/></a>", "<a><c/></a>"),
            (
                "set",
                "a",
                json!("&amp;"),
                "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
                "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&amp;amp;</a>",
            ),
        ],
    );
}

#[test]
fn refusals() {
    assert!(
        refused(Xml, "set", "a.b", json!("1"), "<a><b/><b/></a>").contains("2 elements 'b': choose with")
    );
    assert!(
        refused(Xml, "set", "a", json!("1"), "<a><b/></a>").contains("expected an element with text only")
    );
    assert!(refused(Xml, "set", "b", json!("1"), "<a/>").contains("another name"));
    assert!(refused(Xml, "set", "a.x<y", json!("1"), "<a/>").contains("no name of an XML element"));
    assert!(refused(Xml, "set", "a", json!("1"), "<a><b></a>").contains("not valid XML, line 1"));
    assert!(refused(Xml, "set", "a", json!("1"), "<a>").contains("never closed"));
    assert!(refused(Xml, "set", "a", json!("1"), "").contains("there is no element"));
    assert!(refused(Xml, "set", "a", json!("1"), "<a>1<!-- c -->2</a>").contains("divides its text"));
    assert!(refused(Xml, "set", "a", json!([1]), "<a/>").contains("use `append`"));
}
