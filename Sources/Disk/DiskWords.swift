public import Basics
public import Durability

/// How what is said between the runner and the process that serves disks is written.
extension DiskRule {
  var json: JSON {
    var members: [JSON.Member] = []
    switch effect {
    case .fail(let failure): members.append(.init("fail", .string(failure.rawValue)))
    case .slow(let latency, let bandwidth):
      members.append(.init("latency", .integer(Int64(latency / .nanoseconds(1)))))
      members.append(.init("bandwidth", .optional(bandwidth) { .integer($0) }))
    }
    members.append(.init("on", .strings(operations.map(\.rawValue).sorted())))
    members.append(.init("of", .string(paths.text)))
    members.append(.init("most", .optional(most) { .integer($0) }))
    return .object(members)
  }

  init?(_ json: JSON) {
    guard let text = json["of"]?.text, let paths = PathPattern(text),
      case .array(let words)? = json["on"]
    else { return nil }
    let operations = Set(words.compactMap { $0.text.flatMap(DiskOperation.init(rawValue:)) })
    if let failure = json["fail"]?.text.flatMap(DiskFailure.init(rawValue:)) {
      self.init(.fail(failure), on: operations, of: paths, most: json["most"]?.count)
    } else if let latency = json["latency"]?.count {
      self.init(
        .slow(latency: .nanoseconds(latency), bytesPerSecond: json["bandwidth"]?.count),
        on: operations, of: paths, most: json["most"]?.count)
    } else {
      return nil
    }
  }
}

extension DiskLosses {
  /// A member for files and one for names.
  public var json: JSON {
    [
      "files": .array(
        files.map { file in
          [
            "path": .string(file.path), "writes": .integer(file.writes),
            "bytes": .integer(file.bytes), "size-before": .integer(file.sizeBefore),
            "size-after": .integer(file.sizeAfter), "torn-bytes": .integer(file.tornBytes),
          ]
        }),
      "names": .array(
        names.map { ["path": .string($0.path), "change": .string($0.change.rawValue)] }),
    ]
  }

  init?(_ json: JSON) {
    guard case .array(let files)? = json["files"], case .array(let names)? = json["names"] else {
      return nil
    }
    self.init(
      files: files.map { file in
        File(
          path: file["path"]?.text ?? "", writes: file["writes"]?.count ?? 0,
          bytes: file["bytes"]?.count ?? 0, sizeBefore: file["size-before"]?.count ?? 0,
          sizeAfter: file["size-after"]?.count ?? 0, tornBytes: file["torn-bytes"]?.count ?? 0)
      },
      names: names.compactMap { name in
        name["change"]?.text.flatMap(Name.Change.init(rawValue:)).map {
          Name(path: name["path"]?.text ?? "", change: $0)
        }
      })
  }
}

extension JSON {
  var count: Int? { if case .integer(let count) = self { Int(clamping: count) } else { nil } }
}
