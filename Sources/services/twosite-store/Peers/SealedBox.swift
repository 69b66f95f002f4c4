import ServiceGround

/// Authenticated encryption: ChaCha20-Poly1305 (RFC 8439, section 2.8).
enum SealedBox {
  static let tagBytes = 16

  static func seal(_ text: [UInt8], key: [UInt8], nonce: [UInt8], with more: [UInt8] = [])
    -> [UInt8]
  {
    let cipher = ChaCha20(key: key, nonce: nonce)
    var sealed = text
    cipher.combine(&sealed)
    return sealed + tag(sealed, cipher, more)
  }

  /// The text; nil where somebody changed it, the key or the nonce.
  static func open(_ box: [UInt8], key: [UInt8], nonce: [UInt8], with more: [UInt8] = [])
    -> [UInt8]?
  {
    guard box.count >= tagBytes else { return nil }
    let cipher = ChaCha20(key: key, nonce: nonce)
    var text = Array(box.dropLast(tagBytes))
    guard HMAC.areEqual(tag(text, cipher, more), Array(box.suffix(tagBytes))) else { return nil }
    cipher.combine(&text)
    return text
  }

  private static func tag(_ sealed: [UInt8], _ cipher: ChaCha20, _ more: [UInt8]) -> [UInt8] {
    var message = Packing()
    for part in [more, sealed] {
      message.addRest(part)
      message.addRest([UInt8](repeating: 0, count: (16 - part.count % 16) % 16))
    }
    message.add(UInt64(more.count))
    message.add(UInt64(sealed.count))
    return Poly1305.tag(message.bytes, key: Array(cipher.block(0).prefix(32)))
  }
}
