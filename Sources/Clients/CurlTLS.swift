import Bindings
import CCurl

/// Whom a libcurl handle trusts, and how it proves who it is.
enum CurlTLS {
  static func use(_ tls: HTTPOptions.TLS, on handle: UnsafeMutableRawPointer) {
    if tls.isInsecure {
      unsafe ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 0)
      unsafe ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 0)
    }
    if let authorities = tls.authorities {
      unsafe set(handle, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB, authorities)
      // Else the machine's authorities would be trusted, too.
      unsafe ccurl_set_text(handle, CURLOPT_CAPATH, nil)
    }
    guard let certificate = tls.certificate else { return }
    unsafe set(handle, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB, certificate)
    unsafe set(handle, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB, tls.key ?? certificate)
  }

  private static func set(
    _ handle: UnsafeMutableRawPointer, _ file: CURLoption, _ contents: CURLoption,
    _ pem: HTTPOptions.PEM
  ) {
    switch pem {
    case .file(let path): unsafe ccurl_set_text(handle, file, path)
    case .bytes(let bytes):
      unsafe bytes.withUnsafeBytes { bytes in
        _ = unsafe ccurl_set_bytes(handle, contents, bytes.baseAddress, bytes.count)
      }
    }
  }
}
