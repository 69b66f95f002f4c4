internal import Linux

extension Node {
  /// Runs a command for the client of a control socket, with the client's own open files as its
  /// input, output and errors, until it ends or the client goes away, which kills it.
  ///
  /// - Returns: how it ended.
  public func serve(
    _ command: Command, for request: borrowing ControlRequest, _ client: ControlClientWatch
  ) throws(NodesError) -> Exit {
    guard request.files.count == 3 else {
      throw .control("a command needs three open files, \(request.files.count) came")
    }
    var served = command
    served.input = request.files[0]
    served.output = .descriptor(request.files[1])
    served.errors = .descriptor(request.files[2])
    let tool = try start(served)
    let waited = Result { () throws(NodesError) in
      try system { () throws(Errno) in try Poll.wait([tool.child.pidfd.raw, client.socket]) }
    }
    try tool.end()
    _ = try waited.get()
    return tool.wait()
  }
}
