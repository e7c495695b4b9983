namespace Akka.Actor;

/// <summary>A part of a system that exists once in it.</summary>
public interface IExtension;

public interface IExtensionId
{
    Type ExtensionType { get; }
    object CreateExtension(ExtendedActorSystem system);
}

public abstract class ExtensionIdProvider<T> : IExtensionId where T : IExtension
{
    public Type ExtensionType => typeof(T);

    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);
    public T Get(ActorSystem system) => (T)system.GetExtension(this);
    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);
}

public static class ActorSystemWithExtensions
{
    public static T WithExtension<T, TI>(this ActorSystem system) where T : class, IExtension where TI : IExtensionId =>
        system.HasExtension<T>() ? system.GetExtension<T>() : (T)system.RegisterExtension(Activator.CreateInstance<TI>());
}
