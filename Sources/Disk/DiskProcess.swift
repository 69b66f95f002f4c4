internal import Basics
internal import CFUSE
internal import CLinux
internal import Durability
internal import Linux

/// The process that serves a run's disks. It is not the runner's own, for a process that waits for a file
/// system that it serves itself cannot be killed.
///
/// It obeys whoever has the other end of its standard input, an order a line, and dies with the thread
/// that started it.
public enum DiskProcess {
  /// The only argument of the program when it is to serve disks.
  public static let argument = "--serve-disks"

  /// Serves until the other end is closed.
  public static func run() -> Int32 {
    guard cl_die_with_parent() == 0 else { return 3 }
    cf_lift_file_limit()
    Signals.ignore(13)
    var desk = DiskDesk()
    let socket = Descriptor(owning: 0)
    do throws(Errno) {
      while let line = try socket.readLine() {
        let answer = try desk.answer(line, over: socket.raw)
        try socket.write(answer.text() + "\n")
      }
      return 0
    } catch {
      return 3
    }
  }
}

/// Takes orders one by one.
private struct DiskDesk {
  private var servers: [String: DiskServer] = [:]

  mutating func answer(_ line: String, over socket: Int32) throws(Errno) -> JSON {
    guard let order = try? JSON(reading: line), let what = order["do"]?.text,
      let name = order["disk"]?.text
    else { return ["error": "an order is not understood"] }
    do throws(Errno) {
      if what == "serve" {
        guard let device = try Descriptor.receive(over: socket) else {
          return ["error": "no device came with the order"]
        }
        servers[name] = try DiskServer(device, folder: order["folder"]?.text ?? "")
        return ["ok": true]
      }
      guard let server = servers[name] else { return ["error": "there is no such disk"] }
      return try Self.carryOut(what, order, on: server)
    } catch {
      return ["error": .string(error.description)]
    }
  }

  private static func carryOut(
    _ what: String, _ order: JSON, on server: DiskServer
  ) throws(Errno) -> JSON {
    let rule = order["rule"]?.text ?? ""
    switch what {
    case "freeze":
      guard let paths = order["of"]?.text.flatMap(PathPattern.init(_:)) else {
        try server.freeze()
        break
      }
      let patience = order["within"]?.count ?? 0
      try server.freeze(amidWriteTo: paths, within: Int64(clamping: patience))
    case "restore": try server.restorePower()
    case "settle": try server.settle()
    case "lose":
      let paths = order["of"]?.text.flatMap(PathPattern.init(_:))
      return ["losses": try server.losePower(torn: order["torn"]?.count ?? 0, of: paths).json]
    case "add":
      guard let made = order["add"].flatMap(DiskRule.init(_:)) else {
        return ["error": "a rule is not understood"]
      }
      try server.add(made, named: rule)
    case "remove": try server.remove(rule)
    case "hits":
      guard let hits = try server.hits(of: rule) else { return ["hits": .null] }
      return ["hits": ["own": .integer(hits.own), "probes": .integer(hits.probes)]]
    case "files":
      guard let paths = order["of"]?.text.flatMap(PathPattern.init(_:)) else {
        return ["files": []]
      }
      let files = try server.files(paths)
      return ["files": .array(files.map { ["path": .string($0.path), "size": .integer($0.size)] })]
    case "flip":
      let byte = try server.flip(
        bit: order["bit"]?.count ?? 0, at: order["at"]?.count ?? 0, of: order["path"]?.text ?? "")
      return ["byte": .integer(Int(byte))]
    default: return ["error": "an order is not known"]
    }
    return ["ok": true]
  }
}

extension Descriptor {
  /// One line without its end, and not a byte more: a descriptor may come with the next one. Nil at the
  /// end.
  func readLine() throws(Errno) -> String? {
    var bytes: [UInt8] = []
    while let byte = try read(upTo: 1).first {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}
