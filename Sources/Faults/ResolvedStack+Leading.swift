internal import Basics
internal import Histories
internal import Stacks

extension ResolvedStack {
  /// The words with which an instance of a component says that it leads.
  func leadingWords(of component: String) -> Set<String> {
    Fact.usualLeadingWords
  }
}
