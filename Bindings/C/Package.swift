// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// libsolvency: the libraries behind one C header. It needs Swift 6.3, whose compiler compares each function
/// with its declaration in the header.
let package = Package(
  name: "libsolvency",
  platforms: [.macOS(.v26)],
  products: [.library(name: "CSolvency", type: .dynamic, targets: ["SolvencyC"])],
  dependencies: [.package(name: "solvency", path: "../..")],
  targets: [
    // The header, and nothing else.
    .target(name: "SolvencyHeader"),
    .target(
      name: "SolvencyC",
      dependencies: [
        "SolvencyHeader",
        .product(name: "SolvencyProver", package: "solvency"),
        .product(name: "SolvencyVerifier", package: "solvency"),
        .product(name: "VenueSolvency", package: "solvency"),
        .product(name: "Admission", package: "solvency"),
        .product(name: "ProofSystem", package: "solvency"),
        .product(name: "TransparencyLog", package: "solvency"),
      ],
      swiftSettings: strict),
    // What calls through C and Python are measured against; `--product CSolvency` leaves it out.
    .executableTarget(
      name: "VerifyTiming", dependencies: [.product(name: "SolvencyVerifier", package: "solvency")],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
