using System.Collections.Immutable;
using Akka.Util;

namespace Akka.Actor.Setup;

public abstract class Setup
{
    public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
}

/// <summary>Typed settings given in code at creation; one of each type, the last wins.</summary>
public sealed class ActorSystemSetup
{
    public static readonly ActorSystemSetup Empty = new(ImmutableDictionary<Type, Setup>.Empty);

    private readonly ImmutableDictionary<Type, Setup> _setups;

    private ActorSystemSetup(ImmutableDictionary<Type, Setup> setups) => _setups = setups;

    public static ActorSystemSetup Create(params Setup[] setup) =>
        new(setup.Aggregate(ImmutableDictionary<Type, Setup>.Empty, (all, one) => all.SetItem(one.GetType(), one)));

    public Option<T> Get<T>() where T : Setup => _setups.TryGetValue(typeof(T), out var found) ? new Option<T>((T)found) : Option<T>.None;
    public ActorSystemSetup WithSetup<T>(T setup) where T : Setup => new(_setups.SetItem(setup.GetType(), setup));
    public ActorSystemSetup And<T>(T setup) where T : Setup => WithSetup(setup);
}
