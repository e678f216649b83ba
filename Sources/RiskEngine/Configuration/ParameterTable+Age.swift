// Greatest ages of series that have none among the parameters of what they are for. Each row: name, unit,
// standard value, bounds, largest step, which way is tighter, what may override it, meaning.

extension Parameter {
  static let ageParameters: [ParameterDescriptor] = [
    ParameterDescriptor(
      .barMaximumAge, "barMaximumAgeSeconds", .seconds, 7_200, 1...2_592_000, step: 86_400, .lower,
      .underlying,
      "Bars do not count when the next is overdue by more than this; positions may then only be closed."),
    ParameterDescriptor(
      .fundingMaximumAge, "fundingMaximumAgeSeconds", .seconds, 86_400, 1...2_592_000, step: 86_400, .lower,
      .underlying,
      "Funding payments do not count when the last is older than this; margin does not relax meanwhile."),
    ParameterDescriptor(
      .openInterestMaximumAge, "openInterestMaximumAgeSeconds", .seconds, 86_400, 1...2_592_000, step: 86_400,
      .lower, .underlying,
      "Open interest older than this does not count; positions may then only be closed."),
    ParameterDescriptor(
      .reportMaximumAge, "reportMaximumAgeSeconds", .seconds, 172_800, 60...2_592_000, step: 86_400, .lower,
      .engine,
      "Reports of insurance and of what is lent do not count when they are older than this."),
  ]
}
