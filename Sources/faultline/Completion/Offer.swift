import Checkers
import Checking
import Experiments
import Faults

/// What a shell may offer at one place of a command line.
struct Offer: Hashable {
  /// Names that only a project knows, which the shell asks for when it needs them.
  enum Names: String, CaseIterable {
    case experiments, stacks, components, drivers
  }

  /// Words that may stand there as they are.
  var words: [String] = []
  var names: [Names] = []
  var takesFiles = false
  var takesFolders = false

  static let nothing = Offer()

  var isEmpty: Bool { self == .nothing }

  /// What a help page's placeholder stands for: `STACK`, `DIR|FILE`, `stop|start`.
  ///
  /// - Parameter owner: the option or the verb that it belongs to, which says what a NAME is of.
  init(_ placeholder: some StringProtocol, of owner: String) {
    for part in placeholder.split(separator: "|") {
      switch part {
      case "FILE", "TIMELINE", "CAMPAIGN", "PATH": takesFiles = true
      case "DIR", "RUN": takesFolders = true
      case "STACK": names.append(.stacks)
      case "EXPERIMENT": names.append(.experiments)
      case "FAULT": words += (FaultCatalogue.faults + FaultCatalogue.actions).map { $0.name }
      case "NAME": self.add(.named(of: owner))
      default: if Self.isWord(part) { words.append(String(part)) }
      }
    }
  }

  private init() {}

  /// What is called by a name.
  private static func named(of owner: String) -> Offer {
    var offer = Offer()
    switch owner {
    case "checker": offer.words = Catalogue.all.map { $0.name }
    case "explain": offer.words = Set(Page.all.map(\.name)).sorted()
    case "stack": offer.names = [.stacks]
    case "component": offer.names = [.components]
    case "driver": offer.names = [.drivers]
    default: break
    }
    return offer
  }

  /// To be written as it stands: in small letters, where a placeholder has capitals or an example digits.
  private static func isWord(_ part: some StringProtocol) -> Bool {
    !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 }
  }

  /// What may stand there besides; nothing twice.
  mutating func add(_ other: Offer) {
    words += other.words.filter { !words.contains($0) }
    names += other.names.filter { !names.contains($0) }
    takesFiles = takesFiles || other.takesFiles
    takesFolders = takesFolders || other.takesFolders
  }

  /// As the functions in the scripts for bash and zsh take it: words, and marks with an `@`.
  var marks: [String] {
    words + names.map { "@\($0.rawValue)" } + (takesFiles ? ["@files"] : [])
      + (takesFolders ? ["@folders"] : [])
  }
}
