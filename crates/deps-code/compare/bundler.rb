# Compares what is read of Ruby's files with Bundler's own readers of Gemfile and Gemfile.lock.
#
# usage: bundler.rb INVENTORY FOLDER  (INVENTORY: the built example `inventory`; FOLDER: a checked out repository)
# Prints one line per difference and a summary; exits with 1 when there is a difference. The Gemfile is Ruby
# and is run: only for repositories that are trusted.
require "bundler"
require "set"

# Bundler 2.3, as Debian has it, does not know the platform `windows` yet.
module NewPlatforms
  def platforms(*names, &block) = super(*names.map { |name| name == :windows ? :mingw : name }, &block)

  def gem(name, *args)
    options = args.last
    options[:platforms] = Array(options[:platforms]).map { |p| p == :windows ? :mingw : p } if options.is_a?(Hash) && options[:platforms]
    super
  end
end
Bundler::Dsl.prepend(NewPlatforms)

program, folder = ARGV
rows = IO.popen([program, folder], &:read).lines.map { |line| line.chomp.split("\t", -1) }
differences = []
counts = Hash.new(0)

Dir.chdir(folder) do
  if File.exist?("Gemfile.lock")
    parser = Bundler::LockfileParser.new(File.read("Gemfile.lock"))
    lock = rows.select { |row| row[0] == "P" && row[1] == "Gemfile.lock" }
    names = lock.to_h { |row| [row[2], row[3].delete_prefix("gem:")] }
    mine = lock.map { |row| [names[row[2]], row[4], row[5] == "true"] }.to_set
    path = ->(spec) { spec.source.instance_of?(Bundler::Source::Path) }
    theirs = parser.specs.map { |spec| [spec.name, spec.version.to_s, path.(spec)] }.to_set
    known = parser.specs.map(&:name).to_set
    edges = parser.specs.flat_map { |spec| spec.dependencies.map { |dep| [spec.name, dep.name] } }.to_set
    inside = edges.select { |edge| known.include?(edge[1]) }.to_set
    own = lock.flat_map { |row| row[6].split(",").map { |need| [names[row[2]], names[need]] } }.to_set
    (theirs - mine).each { |x| differences << ["package only theirs", x] }
    (mine - theirs).each { |x| differences << ["package only ours", x] }
    (inside - own).each { |x| differences << ["edge only theirs", x] }
    (own - inside).each { |x| differences << ["edge only ours", x] }
    counts[:packages], counts[:edges], counts[:outside] = theirs.size, inside.size, edges.size - inside.size
  end
  specs = Dir["*.gemspec"].to_h { |file| [file, Bundler.load_gemspec(file)] }
  specs.each do |file, spec|
    kinds = { runtime: "Runtime", development: "Development" }
    theirs = spec.dependencies.map { |dep| [dep.name, dep.requirement, kinds[dep.type]] }
    compare = rows.select { |row| row[0] == "D" && row[1] == file }
    theirs.each do |name, requirement, scope|
      counts[:declarations] += 1
      found = compare.find do |row|
        next if row[2] != "gem:" + name || row[5] != scope
        row[8] == "Unknown" || Gem::Requirement.new(*row[3].split(",")) == requirement || row[3].empty? && requirement.none?
      end
      found ? compare.delete(found) : differences << ["declared only theirs", file, name, requirement.to_s, scope]
    end
    compare.each { |row| differences << ["declared only ours", file, *row[2..5]] }
  end
  dsl = Bundler::Dsl.new
  dsl.eval_gemfile("Gemfile")
  of_gemspec = specs.values.flat_map { |spec| spec.dependencies.map(&:name) + [spec.name] }
  compare = rows.select { |row| row[0] == "D" && row[1] == "Gemfile" }
  dsl.dependencies.each do |dep|
    counts[:declarations] += 1
    found = compare.find do |row|
      row[2] == "gem:" + dep.name && (row[8] == "Unknown" || Gem::Requirement.new(*row[3].split(",")) == dep.requirement)
    end
    if found
      compare.delete(found)
      test = (dep.groups & [:development, :test]).any? && (dep.groups & [:default, :production]).empty?
      differences << ["scope", dep.name, dep.groups, found[5]] if test != (found[5] == "Development")
    elsif !of_gemspec.include?(dep.name)
      differences << ["declared only theirs", dep.name, dep.requirement.to_s]
    end
  end
  # What stands under a condition that does not hold here is read and not declared.
  named = File.read("Gemfile")
  compare.each do |row|
    line = named.lines[row[6].split(":").last.to_i - 1]
    before = named.lines[0...row[6].split(":").last.to_i].reverse.take_while { |l| l !~ /^end/ }
    if line =~ / (if|unless) / || before.any? { |l| l =~ /^\s*(if|unless|else|elsif|install_if) ?/ }
      counts[:conditional] += 1
    else
      differences << ["declared only ours", *row[2..5]]
    end
  end
end
differences.each { |difference| p difference }
puts "#{folder}: #{counts[:packages]} packages, #{counts[:edges]} edges (#{counts[:outside]} to gems that the lockfile does not have), " \
     "#{counts[:declarations]} declarations, #{counts[:conditional]} under conditions that do not hold here; #{differences.size} differences"
exit(differences.empty? ? 0 : 1)
