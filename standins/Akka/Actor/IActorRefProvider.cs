using Akka.Serialization;

namespace Akka.Actor;

/// <summary>
/// Makes and finds refs. The remote provider wraps <see cref="LocalActorRefProvider"/>, adds refs for other addresses
/// and takes over their death watch by overriding <see cref="IInternalActorRef.SendSystemMessage"/> in its refs.
/// </summary>
public interface IActorRefProvider
{
    IInternalActorRef RootGuardian { get; }
    LocalActorRef Guardian { get; }
    LocalActorRef SystemGuardian { get; }
    IActorRef DeadLetters { get; }
    ActorPath RootPath { get; }
    Settings Settings { get; }
    IInternalActorRef TempContainer { get; }
    Task TerminationTask { get; }

    /// <summary>The address under which others reach this system.</summary>
    Address DefaultAddress { get; }

    Information SerializationInformation { get; }

    void Init(ActorSystemImpl system);
    IActorRef RootGuardianAt(Address address);
    ActorPath TempPath();
    void RegisterTempActor(IInternalActorRef actorRef, ActorPath path);
    void UnregisterTempActor(ActorPath path);
    internal IInternalActorRef ActorOf(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService);
    IActorRef ResolveActorRef(string path);
    IActorRef ResolveActorRef(ActorPath actorPath);

    /// <summary>This system's address as seen from the given one, or null if it cannot be reached from there.</summary>
    Address GetExternalAddressFor(Address address);
}
