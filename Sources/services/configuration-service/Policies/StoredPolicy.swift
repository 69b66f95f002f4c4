import Basics

/// What of a project (or of the platform) is in the store.
struct StoredPolicy: Sendable, Equatable {
  /// Who wrote a version, when and where.
  struct Mark: Sendable, Equatable {
    /// From 1; each write adds one.
    var version: Int64
    var by: String
    /// Unix milliseconds.
    var at: Int64
    var site: String

    var json: JSON {
      ["version": .integer(version), "by": .string(by), "at": .integer(at), "site": .string(site)]
    }

    init(version: Int64, by: String, at: Int64, site: String) {
      (self.version, self.by, self.at, self.site) = (version, by, at, site)
    }

    init?(_ text: String) {
      guard let json = try? JSON(reading: text), case .integer(let version)? = json["version"],
        case .string(let by)? = json["by"], case .integer(let at)? = json["at"],
        case .string(let site)? = json["site"]
      else { return nil }
      self.init(version: version, by: by, at: at, site: site)
    }

    /// Of two stores' versions the greater is believed; of equal ones the later, then the greater site.
    func isNewer(than other: Mark) -> Bool {
      (version, at, site) > (other.version, other.at, other.site)
    }
  }

  /// The policy's text; empty where the project has none of its own.
  var rego: String
  var data: JSON
  var mark: Mark

  /// The entity tag: a strong one, the version's.
  var tag: String { "\"\(mark.version)\"" }

  /// As it is sent and patched.
  var content: JSON { ["rego": .string(rego), "data": data] }
}

/// Where something is in the store.
enum PolicyKeys {
  static let all = "/policies/"
  static let mirror = "/mirror"
  static let events = "/audit/"

  /// - Parameter name: a project's, or nil for the platform's.
  static func folder(_ name: String?) -> String {
    name.map { "/policies/projects/\($0)/" } ?? "/policies/platform/"
  }

  static func request(_ key: String) -> String { "/requests/\(key)" }
}

extension StoredPolicy {
  /// Everything that the pairs below `/policies/` say, by name; the platform's under nil.
  ///
  /// - Parameter roots: what stands before the keys, the own store's first; of two policies of one name the newer counts.
  static func all(in pairs: [[KeyValues.Pair]], roots: [String]) -> [String?: StoredPolicy] {
    var found: [String?: StoredPolicy] = [:]
    for (root, pairs) in zip(roots, pairs) {
      for (folder, parts) in parts(of: pairs, below: root) {
        guard let mark = parts["meta"].flatMap({ Mark($0) }) else { continue }
        let name = folder == "platform" ? nil : String(folder.dropFirst("projects/".count))
        if let known = found[name], !mark.isNewer(than: known.mark) { continue }
        found[name] = StoredPolicy(
          rego: parts["rego"] ?? "",
          data: parts["data"].flatMap { try? JSON(reading: $0) } ?? .object([]), mark: mark)
      }
    }
    return found
  }

  /// By folder: its keys' last parts with their values.
  private static func parts(
    of pairs: [KeyValues.Pair], below root: String
  ) -> [String: [String: String]] {
    var folders: [String: [String: String]] = [:]
    for pair in pairs {
      let path = pair.key.dropFirst((root + PolicyKeys.all).count)
      guard let slash = path.lastIndex(of: "/") else { continue }
      folders[String(path[..<slash]), default: [:]][
        String(path[path.index(after: slash)...])] = pair.value
    }
    return folders
  }
}
