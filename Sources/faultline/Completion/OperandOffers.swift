/// What may stand behind a verb besides options, place by place, read off its usage.
struct OperandOffers {
  private(set) var places: [Offer] = []
  /// What may follow again and again; nil where nothing does.
  private(set) var rest: Offer?

  init(of verb: any Verb.Type) {
    for line in verb.usage.split(separator: "\n") {
      let own = line.drop { $0 == " " }
      let head = "faultline \(verb.name) "
      let usage = own.hasPrefix(head) ? own.dropFirst(head.count) : own
      for way in usage.split(separator: " | ") { read(way, of: verb.name) }
    }
  }

  /// One way to write it: the operands come first, and then options.
  private mutating func read(_ way: Substring, of verb: String) {
    var place = 0
    for token in way.split(separator: " ") {
      guard !token.hasPrefix("-"), !token.hasPrefix("[-"), token != "[options]" else { return }
      let bare = token.filter { !"[]\"".contains($0) }
      let placeholder = bare.filter { $0 != "." }
      var offer = Offer(placeholder, of: verb)
      if bare.hasSuffix("...") {
        // Experiments are given by their files, also those that came with the program.
        if placeholder == "FILE" { offer.add(Offer("EXPERIMENT", of: verb)) }
        rest = offer
      }
      if places.count == place { places.append(.nothing) }
      places[place].add(offer)
      place += 1
    }
  }

  /// Of all places together, for a shell that does not count them.
  var all: Offer {
    places.reduce(into: .nothing) { $0.add($1) }
  }
}

extension Option {
  /// How it may be written, with its dashes.
  var spellings: [String] { ["--\(name)"] + aliases }

  /// What may follow as its value; nil for a flag.
  var offer: Offer? { value.map { Offer($0, of: name) } }
}
