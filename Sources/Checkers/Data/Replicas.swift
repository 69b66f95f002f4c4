import Basics
import Checking

/// Whether a value must be at every replica that was read at the end, or at any.
enum Replicas {
  case every, any

  static let key = Schema.Key(
    "replicas", .choice(["every", "any"]),
    "Whether every replica that was asked at the end must have a value, or any one.",
    default: "every")

  init(_ settings: Settings) { self = settings.text("replicas") == "any" ? .any : .every }
}
