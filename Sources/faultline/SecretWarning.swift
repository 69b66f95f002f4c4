import Stacks

extension Arguments {
  /// Says, once, that a secret on our own command line is seen in the list of processes.
  func warnOfBareSecrets(of stack: ResolvedStack) throws(UsageError) {
    guard Ticket.taken() == nil else { return }
    let settings = try settings()
    for parameter in stack.parameters where parameter.isSecret {
      let isBare = settings.contains { $0.key == parameter.name && !$0.value.hasPrefix("@") }
      guard isBare else { continue }
      standardError(
        "warning: the secret '\(parameter.name)' is on the command line, where every user can read it; "
          + "--set \(parameter.name)=@FILE keeps it out\n")
    }
  }
}
