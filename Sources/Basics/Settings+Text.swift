extension Settings {
  /// Reads settings given as texts (`--set key=value`) against a schema. A list takes its entries
  /// with commas between, or the key again.
  ///
  /// - Throws: which key is unknown (with the nearest known one) or has the wrong kind of value.
  public init(_ texts: [(key: String, value: String)], of schema: Schema) throws(SettingTextError) {
    var settings = Settings.none
    for (key, text) in texts {
      guard let known = schema.key(named: key) else {
        throw .unknown(key, among: schema.keys.map(\.name))
      }
      settings[key] = try Self.read(text, known, before: settings[key])
    }
    for key in schema.keys where key.isRequired && settings[key.name] == nil {
      throw SettingTextError("'\(key.name)' is missing: \(key.summary)")
    }
    self = settings
  }

  private static func read(
    _ text: String, _ key: Schema.Key, before: Setting?
  ) throws(SettingTextError) -> Setting {
    guard case .list(let kind) = key.kind else {
      guard let setting = key.kind.read(text) else { throw .wrong(text, for: key, of: key.kind) }
      return setting
    }
    var entries: [Setting] = []
    if case .list(let earlier)? = before { entries = earlier }
    for part in text.split(separator: ",") {
      guard let entry = kind.read(String(part)) else {
        throw .wrong(String(part), for: key, of: kind)
      }
      entries.append(entry)
    }
    return .list(entries)
  }
}

/// What is wrong with a setting given as text: one sentence.
public struct SettingTextError: Error, Hashable {
  /// One sentence the user can act on.
  public let message: String

  /// The sentence says which key it is about, for nothing else does.
  public init(_ message: String) { self.message = message }

  /// A value that is not of its key's kind; of a choice's words the nearest is asked after.
  static func wrong(
    _ text: String, for key: Schema.Key, of kind: Schema.Kind
  ) -> SettingTextError {
    if case .choice(let words) = kind, let near = Suggestion.nearest(to: text, among: words) {
      return SettingTextError("'\(key.name)' cannot be '\(text)'; did you mean '\(near)'?")
    }
    return SettingTextError("'\(key.name)' takes \(key.kind.expectation), not '\(text)'")
  }

  static func unknown(_ key: String, among known: [String]) -> SettingTextError {
    if let near = Suggestion.nearest(to: key, among: known) {
      return SettingTextError("unknown key '\(key)'; did you mean '\(near)'?")
    }
    return SettingTextError("unknown key '\(key)'" + Suggestion.choices(known, near: key))
  }
}
