internal import YAML

/// Values that were drawn and stand in no file.
extension YAMLNode {
  private static var nowhere: Mark { Mark(file: "explore") }

  /// A single value, as it is written without quotes.
  static func drawn(_ text: String) -> YAMLNode {
    YAMLNode(.scalar(text, isPlain: true), at: nowhere)
  }

  static func drawn(_ elements: [YAMLNode]) -> YAMLNode {
    YAMLNode(.sequence(elements), at: nowhere)
  }

  static func drawn(_ pairs: [(String, YAMLNode)]) -> YAMLNode {
    YAMLNode(
      .mapping(pairs.map { Entry(key: $0.0, mark: nowhere, value: $0.1) }), at: nowhere)
  }

  /// The entries as pairs, but for some keys; nothing for what is no mapping.
  func pairs(without keys: Set<String> = []) -> [(String, YAMLNode)] {
    (entries ?? []).filter { !keys.contains($0.key) }.map { ($0.key, $0.value) }
  }
}
