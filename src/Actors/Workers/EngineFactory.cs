using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Workers;

/// <summary>Builds an engine for a run that the coordinator has announced.</summary>
/// <param name="welcome">The run with its settings and its folder.</param>
/// <returns>The engine, ready to work.</returns>
/// <exception cref="R1Reward.Data.UserErrorException">The settings cannot work on this node.</exception>
internal delegate Task<IWorkEngine> EngineFactory(ToWorker.Welcome welcome);
