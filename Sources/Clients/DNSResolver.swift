internal import Basics
import Bindings
import CAres
internal import Glibc
internal import Workloads

/// Asks one DNS server through c-ares, one question at a time, from the thread that owns it.
@safe final class DNSResolver {
  private let channel: ares_channel

  /// The records of an answer with what they say of their life.
  struct Answer {
    var records: [String] = []
    /// The least of all, in seconds.
    var ttl: UInt32 = .max
    var status: Int32?
    var isMalformed = false
  }

  /// - Parameters:
  ///   - server: an address with a port, `10.0.0.1:53` or `[fd00::1]:53`.
  ///   - timeout: for all tries together.
  init(_ server: String, timeout: Duration, tries: Int) throws(ClientError) {
    guard ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS else {
      fatalError("c-ares cannot be used")
    }
    var options = unsafe ares_options()
    unsafe options.timeout = Int32(clamping: max(1, Int(timeout.milliseconds) / tries))
    unsafe options.tries = Int32(tries)
    // No search list, no hosts file, and an answer that is no success is an answer.
    unsafe options.flags = Int32(ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP)
    let mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS
    var channel: ares_channel?
    guard unsafe ares_init_options(&channel, &options, Int32(mask)) == ARES_SUCCESS,
      let channel = unsafe channel
    else { throw .definite("c-ares cannot be used") }
    unsafe self.channel = channel
    guard unsafe ares_set_servers_ports_csv(channel, server) == ARES_SUCCESS else {
      throw .definite("'\(server)' is no address of a DNS server")
    }
  }

  deinit { unsafe ares_destroy(channel) }

  /// The answer to one question.
  func ask(
    _ question: DNSBindings.Question, until deadline: RemainingTime
  ) throws(ClientError) -> Answer {
    let asked = DNSAnswerBox(question.type)
    let context = unsafe Unmanaged.passUnretained(asked).toOpaque()
    unsafe ares_query(
      channel, question.name, 1, question.type.number, takeAnswer, context)
    while asked.answer.status == nil {
      guard pump(until: deadline) else {
        unsafe ares_cancel(channel)
        throw .indefinite("no answer in time")
      }
    }
    let answer = asked.answer
    switch answer.status {
    case Int32(ARES_SUCCESS), Int32(ARES_ENOTFOUND), Int32(ARES_ENODATA):
      if answer.isMalformed { throw .indefinite("the answer is malformed") }
      return answer
    case let status?:
      throw .indefinite(unsafe String(cString: ares_strerror(status)))
    case nil: throw .indefinite("no answer")
    }
  }

  /// Lets c-ares read and write; false when the time is over.
  private func pump(until deadline: RemainingTime) -> Bool {
    guard deadline.milliseconds > 0 else { return false }
    var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
    let mask = unsafe ares_getsock(channel, &sockets, ARES_GETSOCK_MAXNUM)
    var polled: [pollfd] = []
    for (index, socket) in sockets.enumerated() {
      let isReadable = mask & (1 << Int32(index)) != 0
      let isWritable = mask & (1 << (Int32(index) + ARES_GETSOCK_MAXNUM)) != 0
      guard isReadable || isWritable else { continue }
      let events = (isReadable ? POLLIN : 0) | (isWritable ? POLLOUT : 0)
      polled.append(pollfd(fd: socket, events: Int16(events), revents: 0))
    }
    var limit = timeval()
    limit.tv_sec = deadline.milliseconds / 1000
    limit.tv_usec = deadline.milliseconds % 1000 * 1000
    var chosen = timeval()
    if let next = unsafe ares_timeout(channel, &limit, &chosen) { limit = unsafe next.pointee }
    let milliseconds = limit.tv_sec * 1000 + (limit.tv_usec + 999) / 1000
    _ = unsafe Glibc.poll(&polled, nfds_t(polled.count), Int32(clamping: milliseconds))
    if polled.isEmpty { unsafe ares_process_fd(channel, -1, -1) }
    for entry in polled {
      unsafe ares_process_fd(
        channel, entry.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0 ? entry.fd : -1,
        entry.revents & Int16(POLLOUT) != 0 ? entry.fd : -1)
    }
    return true
  }
}

/// Where c-ares puts an answer.
private final class DNSAnswerBox {
  let type: DNSRecordType
  var answer = DNSResolver.Answer()

  init(_ type: DNSRecordType) { self.type = type }

  func note(_ type: Int32, _ ttl: UInt32, _ data: UnsafeRawBufferPointer, _ name: String?) {
    // An alias lives no longer than what it leads to, nor that longer than the alias.
    answer.ttl = min(answer.ttl, ttl)
    guard type == self.type.number else { return }
    answer.records.append(unsafe self.type.text(data, name))
  }
}

extension DNSRecordType {
  /// The data of a record as a person writes it.
  fileprivate func text(_ data: UnsafeRawBufferPointer, _ name: String?) -> String {
    switch self {
    case .a where data.count == 4: return unsafe data.map { "\($0)" }.joined(separator: ".")
    case .aaaa where data.count == 16:
      var text = [CChar](repeating: 0, count: 46)
      unsafe inet_ntop(AF_INET6, data.baseAddress, &text, 46)
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    case .txt:
      var bytes: [UInt8] = []
      var rest = unsafe data[...]
      while let length = unsafe rest.first {
        unsafe bytes += rest.dropFirst().prefix(Int(length))
        unsafe rest = rest.dropFirst(Int(length) + 1)
      }
      return String(decoding: bytes, as: UTF8.self)
    case .srv where data.count > 6:
      let numbers = (0..<3).map { unsafe Int(data[2 * $0]) << 8 | Int(data[2 * $0 + 1]) }
      return "\(numbers[0]) \(numbers[1]) \(numbers[2]) \(name ?? "")"
    default: return name ?? ""
    }
  }
}

private let takeAnswer: ares_callback = { context, status, _, message, size in
  guard let context = unsafe context else { return }
  let box = unsafe Unmanaged<DNSAnswerBox>.fromOpaque(context).takeUnretainedValue()
  box.answer.status = status
  guard let message = unsafe message else { return }
  let told = unsafe cares_each_record(message, size, tellRecord, context)
  box.answer.isMalformed = told == 0
}

private let tellRecord: cares_record = { context, type, ttl, data, size, name in
  guard let context = unsafe context else { return }
  let box = unsafe Unmanaged<DNSAnswerBox>.fromOpaque(context).takeUnretainedValue()
  unsafe box.note(
    type, ttl, UnsafeRawBufferPointer(start: data, count: Int(size)),
    name.map { unsafe String(cString: $0) })
}
