public import Basics

/// Whatever a component says in its folder that it can be made to do.
public struct Perform: ActFault {
  public static let name = "act"
  public static let summary =
    "Does what the component's folder names under 'acts', and takes it back."
  public static let schema = Schema([
    .init("name", .text, "The act, as the component names it.", isRequired: true, example: "drain"),
    .init("about", .text, "What it is about: TARGET to its commands.", default: "''"),
  ])
  public static let confirmation = "By the act's own probe; without one, by its command's success."

  let act: String
  let about: String
  static let blamed = "name"

  public init(_ settings: Settings) throws(FaultSettingsError) {
    act = settings.text("name") ?? ""
    about = settings.text("about") ?? ""
  }

  public var text: String { about.isEmpty ? "\(act) on" : "\(act) \(about) on" }
}
