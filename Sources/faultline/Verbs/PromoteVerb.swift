struct PromoteVerb: InstanceVerb {
  static let name = "promote"
  static let summary = "Make a standby the primary, with the component's own command."
}
