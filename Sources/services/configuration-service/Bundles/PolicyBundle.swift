import Basics
import FoundationEssentials
import ServiceGround

/// All policies as the policy engine takes them: a tar.gz of Rego, data, a manifest and a signature.
///
/// The signature is a token (JWT, HS256) in `.signatures.json` that lists every file with its SHA-256.
struct PolicyBundle: Sendable {
  /// The revision of the store, and of the mirror where there is one.
  let revision: String
  let bytes: [UInt8]

  var tag: String { "\"\(revision)\"" }

  /// - Parameters:
  ///   - policies: by project; the platform's under nil.
  ///   - platform: the platform's text where none was put.
  init(
    revision: String, policies: [String?: StoredPolicy], platform: String, key: String
  ) {
    self.revision = revision
    let projects = policies.compactMap { name, policy in name.map { ($0, policy) } }
      .sorted { $0.0 < $1.0 }
    let own = policies[nil]
    let data: JSON = [
      "platform": own?.data ?? .object([]),
      "projects": .object(projects.map { JSON.Member($0.0, $0.1.data) }),
    ]
    let committed = policies.values.map(\.mark.at).max() ?? 0
    let manifest: JSON = [
      "revision": .string(revision), "roots": ["platform", "projects", "rules"],
      "metadata": ["committed": .integer(committed)],
    ]
    var files: [(path: String, bytes: [UInt8])] = [
      (".manifest", Array(manifest.text().utf8)), ("data.json", Array(data.text().utf8)),
    ]
    let text = own.map(\.rego).flatMap { $0.isEmpty ? nil : $0 } ?? platform
    files.append(("platform/policy.rego", Array(text.utf8)))
    for (name, policy) in projects where !policy.rego.isEmpty {
      files.append(("rules/\(name)/policy.rego", Array(policy.rego.utf8)))
    }
    files.append((".signatures.json", Self.signature(of: files, key)))
    var archive = TarArchive()
    for file in files { archive.add(file.path, file.bytes) }
    bytes = Gzip.compressed(archive.ended)
  }

  private static func signature(
    of files: [(path: String, bytes: [UInt8])], _ key: String
  ) -> [UInt8] {
    let listed = files.map { file -> JSON in
      [
        "name": .string(file.path), "algorithm": "SHA-256",
        "hash": .string(hexadecimal(SHA256.hash(file.bytes))),
      ]
    }
    let head = coded(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    let body = coded(Array((["files": .array(listed)] as JSON).text().utf8))
    let proof = coded(HMAC.sha256(Array(key.utf8), Array("\(head).\(body)".utf8)))
    let document: JSON = ["signatures": [.string("\(head).\(body).\(proof)")]]
    return Array(document.text().utf8)
  }

  /// Base64 for URLs, without padding (RFC 7515, 2).
  private static func coded(_ bytes: [UInt8]) -> String {
    String(
      Data(bytes).base64EncodedString().compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
