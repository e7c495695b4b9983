using System.Linq.Expressions;

namespace Akka.Actor;

/// <summary>How to make an actor: its type or constructor call, dispatcher, mailbox, supervision.</summary>
public class Props : IEquatable<Props>
{
    private readonly Func<ActorBase> _factory;

    private Props(Func<ActorBase> factory, Type type, object[] arguments)
    {
        _factory = factory;
        Type = type;
        Arguments = arguments;
    }

    private Props(Props other) : this(other._factory, other.Type, other.Arguments)
    {
        Dispatcher = other.Dispatcher;
        Mailbox = other.Mailbox;
        SupervisorStrategy = other.SupervisorStrategy;
    }

    public static Props Empty { get; } = Create<EmptyActor>();

    public Type Type { get; }
    public string TypeName => Type.AssemblyQualifiedName;
    public object[] Arguments { get; }
    public string Dispatcher { get; private init; } = "";
    public string Mailbox { get; private init; } = "";
    public SupervisorStrategy SupervisorStrategy { get; private init; }

    /// <summary>The expression is one <c>new</c>; its arguments are evaluated once and shared over restarts.</summary>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is UnaryExpression)
            return new Props(factory.Compile(), typeof(TActor), []) { SupervisorStrategy = supervisorStrategy };
        if (factory.Body is not NewExpression created)
            throw new ArgumentException("The create function must be a 'new T (args)' expression");
        var arguments = created.Arguments.Select(Evaluate).ToArray();
        return new Props(() => Activate(created.Type, arguments), created.Type, arguments) { SupervisorStrategy = supervisorStrategy };
    }

    public static Props Create<TActor>(params object[] args) where TActor : ActorBase => Create(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() =>
        Create<TActor>().WithSupervisorStrategy(supervisorStrategy);

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new Props(() => Activate(type, args), type, args);
    }

    public Props WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };
    public Props WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };

    public virtual ActorBase NewActor()
    {
        try
        {
            return _factory();
        }
        catch (Exception e)
        {
            throw new TypeLoadException($"Error while creating actor instance of type {Type} with {Arguments.Length} args: ({string.Join(",", Arguments)})", e);
        }
    }

    public bool Equals(Props other) => other is not null && Type == other.Type && Dispatcher == other.Dispatcher &&
        Mailbox == other.Mailbox && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object obj) => Equals(obj as Props);
    public override int GetHashCode() => HashCode.Combine(Type, Dispatcher, Mailbox);

    private static ActorBase Activate(Type type, object[] args) => (ActorBase)Activator.CreateInstance(type, args);

    private static object Evaluate(Expression expression) => expression is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)();

    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
