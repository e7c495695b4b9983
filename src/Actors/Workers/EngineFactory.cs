using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Workers;

/// <summary>Builds an engine for a run that the coordinator has announced.</summary>
/// <param name="welcome">The run.</param>
/// <returns>The engine, ready to work.</returns>
public delegate Task<IWorkEngine> EngineFactory(ToWorker.Welcome welcome);
