import Basics
import Glibc
import ServiceGround
import Synchronization

/// The newest bundle, made when somebody asks and the store has moved on.
final class BundleShelf: Sendable {
  private let book: PolicyBook
  private let platform: String
  private let key: String
  private let moods: String
  private let kept = Mutex<PolicyBundle?>(nil)

  /// - Parameters:
  ///   - platform: the platform's policy where none was put.
  ///   - moods: the folder of what makes bundles broken, for tests of who takes them; empty for none.
  init(book: PolicyBook, platform: String, key: String, moods: String) {
    self.book = book
    self.platform = platform
    self.key = key
    self.moods = moods
  }

  /// - Parameter known: the entity tag of the one that the asker has; it is not sent again.
  func answer(
    known: String?, until deadline: Deadline
  ) throws(ServiceRefusal) -> ServerResponse {
    let revision = try book.revision(until: deadline)
    let bundle: PolicyBundle
    if let last = kept.withLock({ $0 }), last.revision == revision {
      bundle = last
    } else {
      bundle = try make(key: key, until: deadline)
      kept.withLock { $0 = bundle }
    }
    if let broken = try broken(bundle, until: deadline) { return broken }
    let headers = ["ETag": bundle.tag]
    guard known != bundle.tag else {
      return ServerResponse(status: 304, body: "", headers: headers)
    }
    return ServerResponse(
      status: 200, file: ServedFile(bundle.bytes, type: "application/gzip"), headers: headers)
  }

  private func make(key: String, until deadline: Deadline) throws(ServiceRefusal) -> PolicyBundle {
    let all = try book.all(until: deadline)
    return PolicyBundle(
      revision: all.revision, policies: all.policies, platform: platform, key: key)
  }

  /// The moods that it is in now.
  var currentMoods: [String] {
    guard !moods.isEmpty else { return [] }
    return ["forged", "truncated"].filter { access("\(moods)/\($0)", F_OK) == 0 }
  }

  /// Half of the bundle, or the bundle signed with another key; nil in no mood.
  private func broken(
    _ bundle: PolicyBundle, until deadline: Deadline
  ) throws(ServiceRefusal) -> ServerResponse? {
    guard let mood = currentMoods.first else { return nil }
    let bytes =
      mood == "forged"
      ? try make(key: key + ", but another", until: deadline).bytes
      : Array(bundle.bytes.prefix(bundle.bytes.count / 2))
    return ServerResponse(
      status: 200, file: ServedFile(bytes, type: "application/gzip"),
      headers: ["ETag": "\"\(bundle.revision)-\(mood)\""])
  }
}
