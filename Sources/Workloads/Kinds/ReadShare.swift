internal import Basics

/// The share of operations that read.
enum ReadShare {
  static func key(_ usual: String) -> Schema.Key {
    Schema.Key("reads", .ratio, "The share of operations that read.", default: usual)
  }
}
