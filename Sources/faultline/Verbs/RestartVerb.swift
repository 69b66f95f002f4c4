struct RestartVerb: InstanceVerb {
  static let name = "restart"
  static let summary = "Stop a component in good order and start it again."
}
