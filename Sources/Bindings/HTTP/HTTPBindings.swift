public import Basics
public import Workloads

/// HTTP/1.1: a request for each function.
public struct HTTPBindings: ClientBindings {
  public static let client = "http"
  public static let summary = "HTTP/1.1 and TLS, by libcurl; a request for each function."
  public static let schemes = ["http", "https"]
  public static let contract = """
    Without a word of its own a function that only reads is a GET of the service's URL (with /key behind it
    where there are several keys), any other a POST with its argument as the body.
    An answer with 'status' (200 to 299 without it) is ok. What it completes with: the argument of a
    function that writes one; else the body, as JSON or as a text; a text that spells a whole number is one.
    It is fail where it certainly did not happen: nothing was sent, a status of 400 to 499 but 408, one of
    'definite', an answer whose 'ok-at' says no (a good answer all the same). All else is info for a write
    (a timeout after sending, a broken answer, any other status): it may have happened. What only reads is
    never info, nor is a GET.
    The header 'server-header' of an answer names the server; without it the server is unknown.
    """
  public static let schema = Schema(
    HTTPOptions.keys + [
      Schema.Key(
        "path", .text,
        "Appended to the service's URL where a function has no path of its own; starts with '/'."
          + " Default: nothing."),
      Schema.Key(
        "definite", .list(of: .count(100...599)),
        "HTTP statuses that the service gives only before it acts; such writes are fail, not info."
          + " Default: none beside 400 to 499 without 408."),
    ])
  public static let functionSchema = HTTPBinding.schema
  public static let fileKeys = HTTPOptions.fileKeys.map { "tls.\($0)" }

  /// How requests travel.
  public private(set) var options: HTTPOptions
  private let bindings: [String: HTTPBinding]
  private let definite: Set<Int>

  public static func serves(_ function: WorkloadFunction) -> Bool { true }

  /// - Throws: a wrong path, header, template or key of `tls`, with the way to it.
  public init(
    _ settings: ClientSettings, functions: [WorkloadFunction]
  ) throws(BindingError) {
    options = try HTTPOptions(settings.own)
    definite = settings.own.definiteStatuses
    let path = try HTTPBinding.path(settings.own, at: "path")
    var bindings: [String: HTTPBinding] = [:]
    for function in functions {
      bindings[function.name] = try HTTPBinding(
        settings.functions[function.name] ?? .none, of: function, below: path)
    }
    self.bindings = bindings
  }

  public func check(_ urls: [String]) throws(BindingError) {
    guard options.tls != HTTPOptions.TLS(), let url = urls.first,
      !urls.contains(where: { $0.lowercased().hasPrefix("https://") })
    else { return }
    throw BindingError("tls", "'tls' is for https, but the service is at \(url)")
  }

  /// Reads the PEM files of `tls`.
  public mutating func load<Failure>(
    _ read: (String) throws(Failure) -> [UInt8]
  ) throws(Failure) { try options.load(read) }

  /// What is sent for an invocation.
  ///
  /// The caller promises a function that the bindings were made with.
  public func request(_ invocation: Invocation) -> HTTPRequest {
    binding(of: invocation).request(invocation)
  }

  /// What an answer means.
  public func completion(_ response: HTTPResponse, of invocation: Invocation) -> Completion {
    let binding = binding(of: invocation)
    guard let completion = binding.completion(response, of: invocation) else {
      return refusal(response, of: invocation, isSafe: binding.isSafe)
    }
    return completion
  }

  /// What it means that no answer came.
  public func completion(_ error: ClientError, of invocation: Invocation) -> Completion {
    invocation.completion(error, isSafe: binding(of: invocation).isSafe)
  }

  private func binding(of invocation: Invocation) -> HTTPBinding {
    guard let binding = bindings[invocation.function.name] else {
      fatalError("no binding was made for '\(invocation.function.name)'")
    }
    return binding
  }

  /// An answer that is no success. Only a status that the server gives before it acts is a `fail`: 400 to
  /// 499 but 408 (RFC 9110, 15.5), and what was declared definite.
  private func refusal(
    _ response: HTTPResponse, of invocation: Invocation, isSafe: Bool
  ) -> Completion {
    let isDefinite =
      definite.contains(response.status)
      || (400..<500).contains(response.status) && response.status != 408
    let message = "HTTP \(response.status)"
    return invocation.completion(
      isDefinite ? .definite(message) : .indefinite(message), isSafe: isSafe, by: response.node)
  }
}

extension Settings {
  /// Statuses the service gives only before it acts: `definite: [503]`.
  fileprivate var definiteStatuses: Set<Int> { statuses("definite") }

  func statuses(_ key: String) -> Set<Int> {
    guard case .list(let values)? = self[key] else { return [] }
    return Set(values.compactMap { if case .integer(let value) = $0 { Int(value) } else { nil } })
  }
}
