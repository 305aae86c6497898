import LacunaAlgebra

extension Experiment.Stage {
  /// What its measures need of a trial of a shape.
  public func needs(_ shape: TrialShape) -> TrialNeeds {
    TrialNeeds.together(measures.map { type(of: $0).needs(shape) })
  }

  /// The exact ways to its errors under leave-one-out masks.
  public var routes: [ErrorRoute] {
    ErrorRoute.all(
      sampleCount: sampleCount, coordinateCount: model.coordinateCount,
      isIsotropicSpiked: problem.shape.isIsotropicSpiked)
  }

  /// What a trial of this stage takes on a device by a route; nil under other masks.
  public func forecast<Device: Backend>(on device: Device, route: ErrorRoute?) -> TrialForecast {
    forecast(problem.shape, on: device, route: route)
  }

  private func forecast<Device: Backend>(_ shape: TrialShape, on device: Device, route: ErrorRoute?) -> TrialForecast {
    TrialForecast(
      shape, needs: needs(shape), precision: Device.Element.precision, route: route,
      workspace: device.workspaceMatrices, rowBlock: device.rowBlock(columns: shape.coordinateCount),
      temporaryBytes: device.temporaryBytes(order: shape.coordinateCount))
  }

  /// Seconds that a trial is expected to take by a route, which is nil under other masks.
  public func seconds(route: ErrorRoute?, rates: DeviceRates) -> Double {
    TrialCost(problem.shape, needs: needs(problem.shape), route: route).seconds(rates)
  }

  /// The largest d at the same n/d that would fit.
  public func largestCoordinateCount<Device: Backend>(
    on device: Device, route: ErrorRoute?, memory: Int, largestAllocation: Int
  ) -> Int {
    TrialForecast.largestCoordinateCount(problem.shape, memory: memory, largestAllocation: largestAllocation) {
      forecast($0, on: device, route: route)
    }
  }
}

extension Experiment {
  /// The first trial of the first stage, ready to run again and again: each call returns both mean errors a ridge.
  /// - Parameter device: where the trials run.
  /// - Parameter host: solves the eigenproblem of a dense Σ.
  package func preparedTrial<Device: Backend>(
    on device: Device, host: some Backend<Double>
  ) throws -> () throws -> [Double] {
    let problem = try stages(device: host)[0].problem
    let data = try TrialData(
      device: device, problem: problem,
      route: problem.sampleCount < problem.coordinateCount ? .sampleInverses : .inverses, parts: [])
    return {
      data.begin(0)
      return try problem.ridges.indices.flatMap { r in
        let errors = try data.errors(ridge: r)
        return [errors.meanTraining, errors.meanGeneralization ?? .nan]
      }
    }
  }
}
