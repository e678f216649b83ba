import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOSSL
import SolvencyService

/// How connections are read: HTTP/1.1, bare or behind TLS 1.2 or later.
enum ServerTLS {
  static func builder(_ configuration: ServiceConfiguration) throws -> HTTPServerBuilder {
    let base = HTTPServerBuilder.http1(
      configuration: SolvencyServer.connections(configuration.settings.limits))
    guard let files = configuration.tls else { return base }
    return try .tls(base, tlsConfiguration: try tls(files))
  }

  private static func tls(_ files: ServiceConfiguration.TLS) throws -> TLSConfiguration {
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMFile(files.certificates)
    } catch {
      throw ServiceStarter.Failure(files.certificates, "holds no certificates in PEM")
    }
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
