struct StopVerb: InstanceVerb {
  static let name = "stop"
  static let summary = "Stop a component in good order, and leave it stopped."
}
