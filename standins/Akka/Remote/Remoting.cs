using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Transport;

namespace Akka.Remote;

/// <summary>
/// The links of one system: sends what remote refs are told, delivers what comes in. Messages are serialized on the
/// sender's thread and deserialized on the link's, by the configured serializers alone.
/// </summary>
internal sealed class Remoting : IInbound, IAssociationEvents
{
    private readonly ActorSystemImpl _system;
    private readonly RemoteActorRefProvider _provider;
    private readonly TcpSettings _tcp;
    private readonly AssociationSettings _settings;
    private readonly TimeSpan _flush;
    private readonly ConcurrentDictionary<Address, Lazy<Association>> _associations = new();
    private readonly ConcurrentDictionary<(Address, int), long> _lastSystemNumber = new();
    private readonly ConcurrentDictionary<Address, bool> _failed = new();
    private readonly ConcurrentDictionary<ControlChannel, Action<Address, BinaryReader>> _control = new();
    private TcpTransport _transport;
    private Listener _listener;
    private volatile bool _closed;

    public Remoting(ActorSystemImpl system, RemoteActorRefProvider provider)
    {
        _system = system;
        _provider = provider;
        Log = Logging.GetLogger(system, "remoting");
        var remote = system.Settings.Config.GetConfig("akka.remote");
        _tcp = TcpSettings.From(remote.GetConfig("dot-netty.tcp"));
        _settings = new AssociationSettings(
            remote.GetTimeSpan("retry-gate-closed-for"),
            remote.GetTimeSpan("handshake-timeout"),
            remote.GetTimeSpan("resend-interval"),
            _tcp.MaximumFrameSize);
        _flush = remote.GetTimeSpan("flush-wait-on-shutdown");
        Uid = Random.Shared.Next(1, int.MaxValue);
        Loop = new TimerLoop("akka-remote-loop", e => Log.Error(e, "Remoting failed at a step of its own"));
        Watcher = new RemoteWatcher(
            this,
            Loop,
            FailureDetectorSettings.From(remote.GetConfig("watch-failure-detector")),
            remote.GetTimeSpan("watch-failure-detector.unreachable-nodes-reaper-interval"),
            TimeProvider.System);
    }

    public ILoggingAdapter Log { get; }

    /// <summary>Tells this incarnation of the address from earlier and later ones.</summary>
    public int Uid { get; }

    public Address DefaultAddress { get; private set; }
    public TimerLoop Loop { get; }
    public RemoteWatcher Watcher { get; }

    public void Start()
    {
        var port = Listen();
        DefaultAddress = new Address(
            _tcp.Tls is null ? "akka.tcp" : "akka.ssl.tcp",
            _system.Name,
            _tcp.PublicHostname,
            _tcp.PublicPort > 0 ? _tcp.PublicPort : port);
        OnControl(ControlChannel.Watch, (from, body) => Watcher.Receive(from, isReply: body.ReadByte() == 1));
        _listener = new Listener(_transport, _settings, this);
        Log.Info("Remoting started; listening on addresses : [{0}]", DefaultAddress);
    }

    /// <summary>Writes out what is queued, then cuts every link.</summary>
    public void Shutdown()
    {
        _closed = true;
        Loop.Dispose();
        var deadline = DateTime.UtcNow + _flush;
        foreach (var association in _associations.Values)
        {
            var left = deadline - DateTime.UtcNow;
            association.Value.Close(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        _listener.Close();
    }

    public void OnControl(ControlChannel channel, Action<Address, BinaryReader> handler) => _control[channel] = handler;

    public void SendControl(Address to, ControlChannel channel, byte[] payload)
    {
        if (!_closed) To(to).SendControl(new ControlFrame(channel, payload).Encode());
    }

    public void Send(object message, IActorRef sender, RemoteActorRef recipient)
    {
        byte[] frame;
        try
        {
            frame = Akka.Serialization.Serialization.WithTransport(_system, () => Encode(message, sender, recipient));
        }
        catch (Exception e)
        {
            Log.Error(e, "Failed to serialize message of type [{0}] to [{1}]; it is dropped", message.GetType(), recipient);
            return;
        }

        if (Frame.Size(frame) > _tcp.MaximumFrameSize)
        {
            Log.Error(
                "Discarding oversized payload sent to {0}: max allowed size {1} bytes, actual size of encoded {2} was {3} bytes.",
                recipient, _tcp.MaximumFrameSize, message.GetType(), Frame.Size(frame));
            return;
        }

        if (_closed) Undeliverable(message, recipient, sender);
        else To(recipient.Path.Address).SendMessage(frame, message, recipient, sender);
    }

    /// <summary>False if nobody will ever answer, because the peer is quarantined.</summary>
    public bool SendWatch(SystemKind kind, RemoteActorRef watchee, IInternalActorRef watcher) =>
        SendSystem(watchee.Path.Address, kind, watchee.Path.ToSerializationFormat(), watcher.Path.ToSerializationFormatWithAddress(DefaultAddress), false);

    public void SendTerminated(RemoteActorRef watcher, DeathWatchNotification ended) => SendSystem(
        watcher.Path.Address,
        SystemKind.Terminated,
        ended.Actor.Path.ToSerializationFormatWithAddress(DefaultAddress),
        watcher.Path.ToSerializationFormat(),
        ended.ExistenceConfirmed);

    public void SendStop(RemoteActorRef actor) =>
        SendSystem(actor.Path.Address, SystemKind.Stop, actor.Path.ToSerializationFormat(), "", false);

    /// <summary>Ends all talk with one incarnation of a peer; without a uid, with the one last talked to.</summary>
    public void Quarantine(Address address, int? uid)
    {
        To(address).Quarantine(uid);
        if (uid is not { } known) return;
        _listener.Cut(address, known);
        _lastSystemNumber.TryRemove((address, known), out _);
        _system.EventStream.Publish(new QuarantinedEvent(address, known));
    }

    Hello IInbound.Greet(Hello hello)
    {
        var refused = "";
        if (hello.To != DefaultAddress) refused = $"this is {DefaultAddress}, not {hello.To}";
        else if (To(hello.From).IsQuarantinedUid(hello.Uid)) refused = $"uid {hello.Uid} is quarantined; only a new actor system may come back";
        if (refused.Length == 0)
        {
            To(hello.From).PeerSeen(hello.Uid);
            Watcher.Associated(hello.From, hello.Uid);
        }

        return new Hello(DefaultAddress, Uid, null, refused);
    }

    void IInbound.Received(Hello from, FrameKind kind, BinaryReader body)
    {
        switch (kind)
        {
            case FrameKind.Message: Deliver(MessageFrame.Decode(body)); break;
            case FrameKind.System: Deliver(from, SystemFrame.Decode(body)); break;
            case FrameKind.Control: Deliver(from, ControlFrame.Decode(body)); break;
            default: throw new InvalidDataException($"Unexpected frame kind {kind}");
        }
    }

    void IInbound.LinkFailed(Address remote, Exception cause)
    {
        if (cause is InvalidDataException or System.Security.Authentication.AuthenticationException)
            Log.Warning("Link from [{0}] cut: {1}", remote, cause.Message);
        else
            Log.Debug("Link from [{0}] ended: {1}", remote, cause.Message);
    }

    void IAssociationEvents.Associated(Address remote, int uid)
    {
        _failed.TryRemove(remote, out _);
        Watcher.Associated(remote, uid);
        Log.Debug("Associated with [{0}], uid {1}", remote, uid);
    }

    void IAssociationEvents.AssociationFailed(Address remote, Exception cause)
    {
        // Once per outage: heartbeats and joins try several times a second.
        if (_failed.TryAdd(remote, true))
            Log.Warning("Association with remote system {0} has failed; address is now gated for {1} ms. Reason: [{2}]",
                remote, _settings.RetryGateClosedFor.TotalMilliseconds, cause.Message);
    }

    public void Undeliverable(object message, IActorRef recipient, IActorRef sender) =>
        _system.DeadLetters.Tell(new DeadLetter(message, sender ?? _system.DeadLetters, recipient), sender);

    private int Listen()
    {
        try
        {
            _transport = new TcpTransport(_tcp);
            return _transport.Listen();
        }
        catch (System.Net.Sockets.SocketException e)
        {
            Loop.Dispose();
            throw new RemoteTransportException($"Remoting cannot listen on [{_tcp.Hostname}:{_tcp.Port}]: {e.Message}", e);
        }
    }

    private byte[] Encode(object message, IActorRef sender, RemoteActorRef recipient)
    {
        var serializer = _system.Serialization.FindSerializerFor(message);
        return new MessageFrame(
            recipient.Path.ToSerializationFormat(),
            sender is null or Nobody ? "" : sender.Path.ToSerializationFormatWithAddress(DefaultAddress),
            serializer.Identifier,
            Akka.Serialization.Serialization.ManifestFor(serializer, message),
            serializer.ToBinary(message)).Encode();
    }

    private Association To(Address remote) => _associations.GetOrAdd(
        remote,
        r => new Lazy<Association>(() => new Association(r, _transport, _settings, () => new Hello(DefaultAddress, Uid, r, ""), this))).Value;

    private bool SendSystem(Address to, SystemKind kind, string actor, string watcher, bool existenceConfirmed) =>
        !_closed && To(to).SendSystem(number => new SystemFrame(number, kind, actor, watcher, existenceConfirmed).Encode());

    private void Deliver(MessageFrame frame)
    {
        object message;
        try
        {
            message = _system.Serialization.Deserialize(frame.Payload, frame.SerializerId, frame.Manifest);
        }
        catch (Exception e)
        {
            Log.Warning("Message to [{0}] with serializer id [{1}] and manifest [{2}] cannot be read and is dropped: {3}",
                frame.Recipient, frame.SerializerId, frame.Manifest, e.Message);
            return;
        }

        var recipient = (IInternalActorRef)_provider.ResolveActorRef(frame.Recipient);
        var sender = frame.Sender.Length == 0 ? ActorRefs.NoSender : _provider.ResolveActorRef(frame.Sender);
        if (!recipient.IsLocal) Log.Warning("Dropping a message for [{0}], which is not an actor of this system", frame.Recipient);
        else if (message is ActorSelectionMessage selection) selection.DeliverFrom(recipient, sender);
        else recipient.Tell(message, sender);
    }

    private void Deliver(Hello from, SystemFrame frame)
    {
        var key = (from.From, from.Uid);
        var last = _lastSystemNumber.GetOrAdd(key, 0);
        if (frame.Number == last + 1)
        {
            _lastSystemNumber[key] = last = frame.Number;
            Deliver(frame);
        }

        SendControl(from.From, ControlChannel.Acknowledge, BitConverter.GetBytes(last));
    }

    private void Deliver(SystemFrame frame)
    {
        var actor = (IInternalActorRef)_provider.ResolveActorRef(frame.Actor);
        var watcher = frame.Watcher.Length == 0 ? null : (IInternalActorRef)_provider.ResolveActorRef(frame.Watcher);
        switch (frame.Kind)
        {
            case SystemKind.Watch: actor.SendSystemMessage(new Watch(actor, watcher)); break;
            case SystemKind.Unwatch: actor.SendSystemMessage(new Unwatch(actor, watcher)); break;
            case SystemKind.Stop: actor.Stop(); break;
            case SystemKind.Terminated:
                Watcher.Ended(actor, watcher);
                watcher.SendSystemMessage(new DeathWatchNotification(actor, frame.ExistenceConfirmed, addressTerminated: false));
                break;
        }
    }

    private void Deliver(Hello from, ControlFrame frame)
    {
        if (frame.Channel == ControlChannel.Acknowledge)
            To(from.From).Acknowledged(from.Uid, BitConverter.ToInt64(frame.Payload));
        else if (_control.TryGetValue(frame.Channel, out var handler))
            handler(from.From, new BinaryReader(new MemoryStream(frame.Payload)));
    }
}
