import Testing

import ServiceGround

@testable import twosite_store

/// The vectors of the RFCs.
@Suite struct CryptographyTests {
  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace && $0 != ":" }.map { UInt8($0.hexDigitValue!) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  @Test(arguments: [
    // RFC 4231, sections 4.2, 4.3 and 4.7.
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ]) func hmac(key: [UInt8], message: String, expected: String) {
    #expect(HMAC.sha256(key, Array(message.utf8)) == Self.bytes(expected))
  }

  /// RFC 8439, section 2.3.2.
  @Test func aBlockOfTheCipher() {
    let cipher = ChaCha20(
      key: (0..<32).map { $0 }, nonce: Self.bytes("000000090000004a00000000"))
    #expect(
      cipher.block(1)
        == Self.bytes(
          """
          10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e
          d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e
          """))
  }

  /// RFC 8439, section 2.5.2.
  @Test func aTag() {
    let key = Self.bytes("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b")
    #expect(
      Poly1305.tag(Array("Cryptographic Forum Research Group".utf8), key: key)
        == Self.bytes("a8061dc1305136c6c22b8baf0c0127a9"))
  }

  /// RFC 8439, appendix A.3, vectors 7 and 8: where the arithmetic carries.
  @Test func aTagThatCarries() {
    func rest(_ byte: UInt8, _ first: UInt8? = nil) -> [UInt8] {
      [first ?? byte] + [UInt8](repeating: byte, count: 15)
    }
    let zeros = [UInt8](repeating: 0, count: 31)
    #expect(Poly1305.tag(rest(255), key: [2] + zeros) == rest(0, 3))
    let message = rest(255) + rest(255, 0xf0) + rest(0, 0x11)
    #expect(Poly1305.tag(message, key: [1] + zeros) == rest(0, 5))
  }

  /// RFC 8439, section 2.8.2.
  @Test func aSealedBox() throws {
    let text = Array(
      """
      Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
      sunscreen would be it.
      """.utf8)
    let key = (0x80..<0xa0).map { UInt8($0) }
    let nonce = Self.bytes("070000004041424344454647")
    let more = Self.bytes("50515253c0c1c2c3c4c5c6c7")
    let box = SealedBox.seal(text, key: key, nonce: nonce, with: more)
    #expect(box.suffix(16) == Self.bytes("1ae10b594f09e26a7e902ecbd0600691")[...])
    #expect(box.prefix(8) == Self.bytes("d31a8d34648e60db")[...])
    #expect(SealedBox.open(box, key: key, nonce: nonce, with: more) == text)
    for place in stride(from: 0, to: box.count, by: 7) {
      var changed = box
      changed[place] ^= 4
      #expect(SealedBox.open(changed, key: key, nonce: nonce, with: more) == nil)
    }
  }
}
