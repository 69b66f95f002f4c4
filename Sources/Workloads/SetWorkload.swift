public import Basics
public import Histories

/// Adds unique elements and reads them all: what was acknowledged must be there in the end.
///
/// An element is the number of its request behind the workload's mark, so it is unique in the run
/// without asking anyone. Functions: `add` (argument: the element) and `read` (result: a list of
/// all that is not another workload's).
public struct SetWorkload: Workload {
  public static let kind = "set"
  public static let summary = "Adds unique elements, reads them all."
  public static let contract = """
    POST path with an element as the body, a whole number such as 17: adds it. The body of the answer
    is not looked at.
    GET path: answers 200 to 299 with all elements, a JSON array of whole numbers such as [17, 18], in
    any order; [] for none. A read is ok with such an answer and fail with any other. An element that
    another workload of the same run adds is left out; one that nobody of the run adds is kept.
    GET final-path, or path: asked of every replica when the run is over.
    \(Contract.outcomes)
    \(Contract.server)
    """
  public static let addsElements = true
  public static let schema = Schema(
    [
      .path("POST adds one element (the body, a whole number); GET answers all (a JSON array)."),
      Schema.Key("reads", .ratio, "The share of requests that read.", default: "5%"),
      Schema.Key(
        "final-path", .text, "What final reads ask each replica; starts with '/'. Default: 'path'."),
      .definite,
    ] + HTTPOptions.keys)

  public var options: HTTPOptions

  public static let signatures = [
    Signature("add", argument: .scalar, result: .scalar),
    Signature("read", argument: .nothing, result: .list),
  ]

  private let path: String
  private let reads: Ratio
  private let finalPath: String
  private let definite: Set<Int>
  private let mark: ElementMark

  /// - Throws: what is wrong: a path without its '/', a header, or a key of `tls`.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    options = try HTTPOptions(settings)
    path = try requirePath(settings, "path") ?? ""
    finalPath = try requirePath(settings, "final-path") ?? path
    reads = settings.ratio("reads") ?? Ratio(0.05)
    definite = settings.definiteStatuses
  }

  public func request(_ sequence: Int, using chance: inout Chance) -> Request {
    if chance.roll(reads) { return read(path) }
    let element = mark.element(sequence)
    return Request(
      function: "add", argument: .integer(element), method: "POST", path: path,
      body: String(element), isRead: false)
  }

  public var finalRead: Request? { read(finalPath) }

  private func read(_ path: String) -> Request {
    Request(function: "read", method: "GET", path: path, isRead: true)
  }

  public func answer(to request: Request, _ response: Response) -> Answer {
    guard (200..<300).contains(response.status) else {
      return request.refusal(response, definite: definite)
    }
    guard request.isRead else { return .ok(request.argument) }
    switch ElementList.read(response.body) {
    case .success(let elements): return .ok(.integers(elements.filter { !mark.isAnothers($0) }))
    case .failure(let refusal): return .fail(refusal.message)
    }
  }
}
