import Glibc

/// Texts as C wants a list of them; those that are nil are null.
@safe final class CTexts {
  private let texts: [UnsafeMutablePointer<CChar>?]
  private let list: UnsafeMutablePointer<UnsafePointer<CChar>?>

  init(_ texts: [String?]) {
    unsafe self.texts = texts.map { text in unsafe text.flatMap { unsafe strdup($0) } }
    unsafe list = .allocate(capacity: texts.count + 1)
    for index in texts.indices {
      unsafe (list + index).initialize(to: self.texts[index].map { unsafe UnsafePointer($0) })
    }
    unsafe (list + texts.count).initialize(to: nil)
  }

  deinit {
    for index in unsafe texts.indices { unsafe free(texts[index]) }
    unsafe list.deallocate()
  }

  /// Ends with a null; valid while this lives.
  var pointer: UnsafePointer<UnsafePointer<CChar>?> { unsafe UnsafePointer(list) }

  /// The same for functions that promise to change nothing, but do not say so.
  var mutablePointer: UnsafeMutablePointer<UnsafePointer<CChar>?> { unsafe list }
}
