import LacunaAlgebra

/// How the trials of a stage are computed: the exact routes there are, what each takes, the one taken, and how many run
/// side by side.
public struct TrialPlan: Sendable {
  /// A route with what it is expected to take.
  public struct Candidate: Sendable {
    public let route: ErrorRoute
    /// Of one trial.
    public let seconds: Double
    public let forecast: TrialForecast
    /// Whether a trial fits the memory.
    public let fits: Bool
  }

  /// Every route, in the order of `ErrorRoute`; none under masks other than leave-one-out.
  public let candidates: [Candidate]
  /// The fastest route that fits; the smallest where none does; nil under other masks, which have one way each.
  public let route: ErrorRoute?
  public let forecast: TrialForecast
  public let arrangement: TrialArrangement
  /// Bytes that the process holds at most where the host computes, else the device: all trials that run at once.
  public let peakBytes: Int
}

/// Chooses how to compute, from rates of the device and its memory.
///
/// Where the cheapest route is a small trial's (`TrialArrangement.small`), the nominal rates decide: the choice, and with
/// it every bit of the result, is then the same on every run and for every number of threads. Eigenvectors are found by way
/// of the tridiagonal form, so their route costs more wherever it is open, whatever a noisy measurement says: it is taken
/// only where it is forced.
public struct TrialPlanner: Sendable {
  public let rates: DeviceRates
  /// Rates of the device's `singleThreaded` copy; without them large trials are taken to use all threads fully.
  public let singleThreadedRates: DeviceRates?
  /// Bytes of storage on the device, and of its largest buffer: of the largest matrix whose eigenvalues can be found.
  public let memory: Int
  public let largestAllocation: Int
  /// Bytes that the process holds beside the backend's `standingBytes`, for other devices.
  public let processBytes: Int
  /// A route to take wherever a stage has it, whatever it costs.
  public let forced: ErrorRoute?
  /// Whether every route's time is wanted by the given rates, where there is no choice and of eigenvectors too.
  public let predictsAlways: Bool

  public init(
    rates: DeviceRates = .nominal, singleThreadedRates: DeviceRates? = nil, memory: Int = .max,
    largestAllocation: Int = .max, processBytes: Int = 0, forced: ErrorRoute? = nil,
    predictsAlways: Bool = false
  ) {
    self.rates = rates
    self.singleThreadedRates = singleThreadedRates
    self.memory = memory
    self.largestAllocation = largestAllocation
    self.processBytes = processBytes
    self.forced = forced
    self.predictsAlways = predictsAlways
  }

  public func plan<Device: Backend>(_ stage: Experiment.Stage, on device: Device) -> TrialPlan {
    let trials = stage.point.configuration.trials
    let standing = device.standingBytes
    func plan(_ route: ErrorRoute?, _ candidates: [TrialPlan.Candidate], _ forecast: TrialForecast) -> TrialPlan {
      let concurrency = device.concurrency
      func seconds(_ rates: DeviceRates) -> Double { stage.seconds(route: route, rates: rates) }
      let arrangement =
        stage.course.map {
          TrialArrangement(
            forecast, trials: trials, concurrency: concurrency, memory: memory, isSingleThreaded: $0.isSingleThreaded)
        }
        ?? TrialArrangement(
          forecast, trials: trials, concurrency: concurrency, memory: memory,
          speedup: singleThreadedRates.map { seconds($0) / seconds(self.rates) } ?? Double(concurrency))
      return TrialPlan(
        candidates: candidates, route: route, forecast: forecast, arrangement: arrangement,
        peakBytes: arrangement.width * forecast.bytes + (standing > 0 ? standing + processBytes : 0))
    }
    guard stage.problem.configuration.mask.isLeaveOneOut else {
      let forecast = stage.forecast(on: device, route: nil)
      return plan(nil, [], forecast)
    }
    let forced = stage.course?.route ?? forced
    let routes = stage.routes.filter { route in
      switch route {
      case forced: true
      case .eigenvectors: predictsAlways
      // Elsewhere it is a tridiagonal form by another name.
      case .band, .sampleBand: device.bandWidth > 1
      default: true
      }
    }
    let forecasts = routes.map { stage.forecast(on: device, route: $0) }
    let isSmall = forecasts.contains { $0.operations <= TrialArrangement.small }
    let rates = isSmall || (routes.count == 1 && !predictsAlways) ? .nominal : rates
    let candidates = zip(routes, forecasts).map { route, forecast in
      TrialPlan.Candidate(
        route: route, seconds: stage.seconds(route: route, rates: rates), forecast: forecast,
        fits: forecast.fits(memory: memory, largestAllocation: largestAllocation))
    }
    let fitting = candidates.filter { $0.fits && $0.route != .eigenvectors }
    let chosen =
      candidates.first { $0.route == forced } ?? fitting.min { $0.seconds < $1.seconds }
      ?? candidates.min { $0.forecast.bytes < $1.forecast.bytes }!
    return plan(chosen.route, candidates, chosen.forecast)
  }
}
