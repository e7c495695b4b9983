using Akka.Actor;

namespace R1Reward.Actors.Hosting;

/// <summary>A way to the cluster's coordinator, wherever it is.</summary>
public interface ICoordinatorLink
{
    /// <summary>The actor system that the way begins in.</summary>
    ActorSystem System { get; }

    /// <summary>Asks the coordinator, wherever it runs at the moment.</summary>
    /// <exception cref="AskTimeoutException">No answer came in time.</exception>
    Task<T> AskAsync<T>(object question, TimeSpan patience);

    /// <summary>Tells the coordinator something; nobody says whether it arrived.</summary>
    void Tell(object message);
}
