using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using Akka.TestKit.Xunit2;

namespace R1Reward.Conformance.AkkaCore;

public interface IWireMessage;

public sealed record Known(string Text) : IWireMessage;

public sealed record Refused(string Text) : IWireMessage;

public sealed record LocalOnly(Action Action) : INoSerializationVerificationNeeded;

/// <summary>A closed set of manifests, as the application's own serializer has.</summary>
public sealed class ClosedSerializer : SerializerWithStringManifest
{
    public ClosedSerializer(ExtendedActorSystem system) : base(system) { }

    public override int Identifier => 471;

    public override string Manifest(object o) => o is Known ? "known/1" : throw new SerializationException($"No manifest for {o.GetType()}.");
    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Known)obj).Text);

    public override object FromBinary(byte[] bytes, string manifest) => manifest == "known/1"
        ? new Known(Encoding.UTF8.GetString(bytes))
        : throw new SerializationException($"Unknown manifest {manifest}.");
}

/// <summary>Takes the place of the default serializer and refuses everything.</summary>
public sealed class RefusingJson : SerializerWithStringManifest
{
    public RefusingJson(ExtendedActorSystem system, Config settings) : base(system) { }

    public override int Identifier => 1;

    public override string Manifest(object o) => "";
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} is not a wire type.");
    public override object FromBinary(byte[] bytes, string manifest) => throw new SerializationException("Refused.");
}

public sealed class SerializationTests : TestKit
{
    public SerializationTests() : base(ConfigurationFactory.ParseString($$"""
        akka.actor {
          serialize-messages = on
          serializers {
            json = "{{typeof(RefusingJson).FullName}}, {{typeof(RefusingJson).Assembly.GetName().Name}}"
            closed = "{{typeof(ClosedSerializer).FullName}}, {{typeof(ClosedSerializer).Assembly.GetName().Name}}"
          }
          serialization-bindings {
            "{{typeof(IWireMessage).FullName}}, {{typeof(IWireMessage).Assembly.GetName().Name}}" = closed
          }
        }
        """)) { }

    [Fact]
    public async Task A_message_goes_through_its_serializer_and_comes_out_as_a_copy()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeps(TestActor)));
        var sent = new Known("hello");
        actor.Tell(sent);
        var received = (await ExpectMsgAsync<Marked>()).Message;
        Assert.Equal(sent, received);
        Assert.NotSame(sent, received);
    }

    [Fact]
    public async Task A_failure_does_not_throw_but_is_logged_and_the_message_is_gone()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeps(TestActor)));
        await EventFilter.Error(contains: "Swallowing exception during message send").ExpectOneAsync(() =>
        {
            actor.Tell(new Refused("no"));
            return Task.CompletedTask;
        });
        await ExpectNoMsgAsync(50);
    }

    [Fact]
    public async Task Types_without_a_binding_fall_to_the_replaced_default()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeps(TestActor)));
        await EventFilter.Error(contains: "Swallowing exception").ExpectOneAsync(() =>
        {
            actor.Tell("plain text");
            return Task.CompletedTask;
        });
        Assert.IsType<RefusingJson>(Sys.Serialization.FindSerializerForType(typeof(string)));
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([], 1, "System.Object"));
    }

    [Fact]
    public void Bindings_to_an_interface_hold_for_what_implements_it()
    {
        Assert.IsType<ClosedSerializer>(Sys.Serialization.FindSerializerFor(new Known("x")));
        Assert.Equal(471, Sys.Serialization.FindSerializerForType(typeof(Known)).Identifier);
        Assert.Equal(new Known("x"), Sys.Serialization.Deserialize("x"u8.ToArray(), 471, "known/1"));
    }

    [Fact]
    public void An_unknown_identifier_or_manifest_is_a_serialization_exception()
    {
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([], 4711, ""));
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([], 471, "other"));
    }

    [Fact]
    public async Task Scheduled_messages_and_answers_escape_the_check()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeps(TestActor)));
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(1), actor, "scheduled", ActorRefs.NoSender);
        await ExpectMsgAsync(new Marked("scheduled"));
        Assert.Equal("unchecked", await actor.Ask<string>(new LocalOnly(() => { }), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void A_ref_travels_as_its_path_with_uid()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeps(TestActor)), "kept");
        var path = global::Akka.Serialization.Serialization.SerializedActorPath(actor);
        Assert.Equal($"akka://test/user/kept#{actor.Path.Uid}", path);
        var system = (ExtendedActorSystem)Sys;
        Assert.Equal(actor, system.Provider.ResolveActorRef(path));
        // Within a system a ref goes by name; the uid counts for what comes from another one.
        Assert.Equal(actor, system.Provider.ResolveActorRef("akka://test/user/kept#1"));
    }

    /// <summary>Answers local-only messages and shows the observer everything else, marked so that this is not checked again.</summary>
    private sealed class Keeps : ReceiveActor
    {
        public Keeps(IActorRef observer)
        {
            Receive<LocalOnly>(_ => Sender.Tell("unchecked"));
            ReceiveAny(m => observer.Tell(new Marked(m)));
        }
    }

    private sealed record Marked(object Message) : INoSerializationVerificationNeeded;
}

public sealed class DefaultSerializerTests : TestKit
{
    [Fact]
    public void The_default_is_json_with_identifier_1_and_bytes_have_4()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new Known("x"));
        Assert.IsType<NewtonSoftJsonSerializer>(serializer);
        Assert.Equal(1, serializer.Identifier);
        Assert.Equal(4, Sys.Serialization.FindSerializerFor(new byte[] { 1 }).Identifier);
    }

    [Fact]
    public void Json_keeps_types_of_objects_boxed_numbers_and_refs()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new Known("x"));
        object Round(object o) => serializer.FromBinary(serializer.ToBinary(o), o.GetType());
        Assert.Equal(new Known("x"), Round(new Known("x")));
        Assert.Equal(7, Round(7));
        Assert.Equal(1.5m, Round(1.5m));
        Assert.Equal(TestActor, ((Holder)Round(new Holder(TestActor, 3))).Actor);
        Assert.Equal(3, ((Holder)Round(new Holder(TestActor, 3))).Boxed);
    }

    public sealed record Holder(IActorRef Actor, object Boxed);
}
