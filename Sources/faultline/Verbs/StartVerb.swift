struct StartVerb: InstanceVerb {
  static let name = "start"
  static let summary = "Start a component that is down, or give a node its power back."
}
