# RubyGems' answers to the questions of generate.py.
require "rubygems"

def version(text)
  Gem::Version.correct?(text) && !text.strip.empty? ? Gem::Version.new(text) : nil
end

def compare(left, right)
  left, right = version(left), version(right)
  left && right ? { -1 => "<", 0 => "=", 1 => ">" }[left <=> right] : "?"
end

def contains(range, text)
  requirement = Gem::Requirement.new(range.split(",").map(&:strip))
  found = version(text)
  found ? (requirement.satisfied_by?(found) ? "yes" : "no") : "?"
rescue Gem::Requirement::BadRequirementError, ArgumentError
  "error"
end

$stdin.each_line(chomp: true) do |line|
  verb, _, first, second = line.split("\t", -1)
  puts verb == "compare" ? compare(first, second) : contains(first, second)
end
