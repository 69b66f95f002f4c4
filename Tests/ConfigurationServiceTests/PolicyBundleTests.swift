import Basics
import Foundation
import ServiceGround
import TestGround
import Testing

@testable import configuration_service

@Suite(.serialized) struct PolicyBundleTests {
  private static func mark(_ version: Int64, at: Int64 = 0, _ site: String = "a")
    -> StoredPolicy.Mark
  { .init(version: version, by: "ann", at: at, site: site) }

  private static let policies: [String?: StoredPolicy] = [
    "shop": StoredPolicy(rego: "package rules.shop\n", data: ["a": 1], mark: mark(3, at: 500)),
    "bank": StoredPolicy(rego: "", data: ["b": 2], mark: mark(1, at: 400)),
  ]

  private static func bundle(key: String = "k") -> PolicyBundle {
    PolicyBundle(revision: "9", policies: policies, platform: "package platform\n", key: key)
  }

  /// What `tar` makes of it.
  private static func unpacked(_ bytes: [UInt8]) throws -> [String: String] {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(filePath: folder.file("bundle.tar.gz")))
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-xzf", folder.file("bundle.tar.gz"), "-C", folder.path]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    var files: [String: String] = [:]
    for path in paths ?? [] where path != "bundle.tar.gz" {
      // Folders cannot be read as a text.
      files[path] = try? String(contentsOfFile: folder.file(path), encoding: .utf8)
    }
    return files
  }

  @Test func itHoldsEveryPolicyAndWhenTheNewestWasCommitted() throws {
    let files = try Self.unpacked(Self.bundle().bytes)
    #expect(
      files.keys.sorted() == [
        ".manifest", ".signatures.json", "data.json", "platform/policy.rego",
        "rules/shop/policy.rego",
      ])
    let data = try JSON(reading: files["data.json"] ?? "")
    #expect(data["projects"] == ["bank": ["b": 2], "shop": ["a": 1]])
    let manifest = try JSON(reading: files[".manifest"] ?? "")
    #expect(manifest["metadata"]?["committed"] == 500)
    #expect(manifest["revision"] == "9")
  }

  @Test func itsSignatureListsEveryFileAndIsOfTheKey() throws {
    let files = try Self.unpacked(Self.bundle().bytes)
    let document = try JSON(reading: files[".signatures.json"] ?? "")
    guard case .array(let tokens)? = document["signatures"], case .string(let token) = tokens[0]
    else { throw BundleProblem() }
    let parts = token.split(separator: ".").map(String.init)
    let own = HMAC.sha256(Array("k".utf8), Array("\(parts[0]).\(parts[1])".utf8))
    #expect(Data(own).base64EncodedString().filter(\.isLetter) == parts[2].filter(\.isLetter))
    let other = try Self.unpacked(Self.bundle(key: "l").bytes)
    #expect(other[".signatures.json"] != files[".signatures.json"])
  }

  @Test func aShelfServesTheNewestOnceAndTellsBrokenOnesApart() throws {
    let folder = try TemporaryFolder()
    let service = try RunningService(moods: folder.path)
    defer { service.stop() }
    _ = service.ask("PUT", "/policies/shop", #"{"data": {"a": 1}}"#)
    let first = service.ask("GET", "/bundles/all.tar.gz")
    #expect(first.status == 200)
    let tag = try #require(first.headers["ETag"])
    #expect(service.ask("GET", "/bundles/all.tar.gz", "", ["If-None-Match": tag]).status == 304)
    _ = service.ask("PUT", "/policies/shop", #"{"data": {"a": 2}}"#, ["If-Match": "*"])
    let second = service.ask("GET", "/bundles/all.tar.gz", "", ["If-None-Match": tag])
    #expect(second.status == 200)
    #expect(second.headers["ETag"] != tag)
    try Data().write(to: URL(filePath: folder.file("truncated")))
    let torn = service.ask("GET", "/bundles/all.tar.gz")
    #expect(torn.file?.bytes.count == (second.file?.bytes.count ?? 0) / 2)
    #expect(torn.headers["ETag"] != second.headers["ETag"])
  }

  @Test func ofTwoStoresTheNewerPolicyIsBelieved() {
    func pairs(_ root: String, _ mark: StoredPolicy.Mark) -> [KeyValues.Pair] {
      let folder = root + "/policies/projects/shop/"
      return [
        .init(key: folder + "meta", value: mark.json.text(), revision: 1),
        .init(key: folder + "data", value: #"{"of":"\#(mark.site)"}"#, revision: 1),
      ]
    }
    let found = StoredPolicy.all(
      in: [pairs("", Self.mark(4, at: 1, "a")), pairs("/mirror", Self.mark(4, at: 2, "b"))],
      roots: ["", "/mirror"])
    #expect(found["shop"]?.data == ["of": "b"])
  }

  struct BundleProblem: Error {}
}
