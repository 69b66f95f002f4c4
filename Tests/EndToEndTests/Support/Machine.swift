import Foundation
import Testing

/// What real runs need of this machine.
enum Machine {
  /// The folder of the test bundle, where the programs of the same configuration lie too.
  static let bin: String = {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    let parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
    let path = parts.prefix { !$0.hasSuffix(".xctest") }.joined(separator: "/")
    return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }()

  static let faultline = bin + "/faultline"

  /// The package: where the shipped experiments and fixtures are.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  static func has(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// The kernel's version: its first two numbers.
  static let kernel: (Int, Int) = {
    var system = utsname()
    uname(&system)
    let release = withUnsafeBytes(of: &system.release) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
  }()

  /// Why nothing can be run for real here; nil when it can.
  static let obstacle: String? = {
    if geteuid() != 0 { return "needs root" }
    if open("/dev/net/tun", O_RDWR | O_CLOEXEC) < 0 { return "needs /dev/net/tun" }
    if !has(faultline) { return "needs \(faultline)" }
    let servers = [
      "/usr/sbin/haproxy", "/usr/sbin/keepalived", "/usr/sbin/nginx",
      "/usr/lib/postgresql/15/bin/postgres",
    ]
    return servers.first { !has($0) }.map { "needs \($0)" }
  }()
}

extension Trait where Self == ConditionTrait {
  static var needsMachine: Self {
    .enabled(if: Machine.obstacle == nil, "\(Machine.obstacle ?? "")")
  }

  static func needs(_ path: String) -> Self {
    .enabled(if: Machine.has(path), "needs \(path)")
  }
}

/// Real runs of the real program with real servers, one after the other: they measure time.
@Suite(.serialized, .needsMachine, .timeLimit(.minutes(15))) enum EndToEnd {}
