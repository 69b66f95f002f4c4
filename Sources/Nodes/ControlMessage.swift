internal import Linux

/// One request over a control socket: bytes, and up to three open files (standard input, output
/// and errors of a command to run, say).
public struct ControlRequest: ~Copyable, Sendable {
  /// What is asked, in a form that client and server agree on; at most 64 MiB.
  public let bytes: [UInt8]
  /// As many as the client sent, at most three; closed with the request.
  public let files: [Int32]

  init(bytes: [UInt8], files: [Int32]) {
    self.bytes = bytes
    self.files = files
  }

  deinit { for file in files { _ = Descriptor(owning: file) } }
}
