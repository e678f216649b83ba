import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOSSL
import SolvencyService

/// How connections are read: HTTP/1.1, bare or behind TLS 1.2 or later.
enum ServerTLS {
  /// What reads connections, and when the server's certificate ends, in seconds since 1970; nil without TLS.
  ///
  /// - Throws: ``ServiceStarter/Failure`` if a file holds something else, or a certificate that is not valid
  ///   now: no client that checks would talk to it.
  static func builder(
    _ configuration: ServiceConfiguration
  ) throws -> (server: HTTPServerBuilder, certificateEnds: Int?) {
    let base = SolvencyServer.server(configuration.settings.limits)
    guard let files = configuration.tls else { return (base, nil) }
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMFile(files.certificates)
    } catch {
      throw ServiceStarter.Failure(files.certificates, "holds no certificates in PEM")
    }
    let now = time(nil)
    for certificate in chain {
      if certificate.notValidAfter < now {
        throw ServiceStarter.Failure(
          files.certificates,
          "a certificate ended on \(day(certificate.notValidAfter)); put a renewed one there")
      }
      if certificate.notValidBefore > now {
        throw ServiceStarter.Failure(
          files.certificates,
          "a certificate begins on \(day(certificate.notValidBefore)); wait, or set the machine's clock")
      }
    }
    let tls = try tls(files, chain)
    return (try .tls(base, tlsConfiguration: tls), chain.map { Int($0.notValidAfter) }.min())
  }

  private static func day(_ seconds: time_t) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
  }

  private static func tls(
    _ files: ServiceConfiguration.TLS, _ chain: [NIOSSLCertificate]
  ) throws -> TLSConfiguration {
    let key: NIOSSLPrivateKey
    do {
      key = try NIOSSLPrivateKey(file: files.key, format: .pem)
    } catch {
      throw ServiceStarter.Failure(files.key, "holds no private key in PEM")
    }
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    tls.minimumTLSVersion = .tlsv12
    if let authority = files.clientAuthority {
      let roots: [NIOSSLCertificate]
      do {
        roots = try NIOSSLCertificate.fromPEMFile(authority)
      } catch {
        throw ServiceStarter.Failure(authority, "holds no certificates in PEM")
      }
      tls.trustRoots = .certificates(roots)
      tls.certificateVerification = .noHostnameVerification
    }
    return tls
  }
}
