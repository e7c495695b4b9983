using System.Text.RegularExpressions;
using Akka.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// What the nodes of a cluster must have in common. Each shows its own when it joins, as the version that the engine's
/// gossip carries with every member, so that it is known before the two have understood anything else.
/// </summary>
/// <param name="Release">The program's version.</param>
/// <param name="Wire">Digest of the messages that it speaks.</param>
/// <param name="Serializers">Digest of the serializers that its configuration adds.</param>
/// <param name="Frames">Digest of the sizes of frames.</param>
/// <param name="Downing">Digest of the rules by which members are removed.</param>
/// <param name="Folder">What its <c>run.folder</c> is known by; empty where its roles need none.</param>
internal sealed partial record NodeBuild(
    string Release, string Wire, string Serializers, string Frames, string Downing, string Folder)
{
    private const string Tcp = "akka.remote.dot-netty.tcp.";

    private static readonly string[] SerializerKeys =
        ["akka.actor.serializers", "akka.actor.serialization-bindings", "akka.actor.serialization-identifiers"];

    private static readonly string[] FrameKeys =
        [Tcp + "maximum-frame-size", Tcp + "send-buffer-size", Tcp + "receive-buffer-size"];

    private static readonly string[] DowningKeys =
    [
        "akka.cluster.split-brain-resolver", "akka.cluster.down-removal-margin", "akka.cluster.min-nr-of-members",
        "akka.cluster.downing-provider-class",
    ];

    /// <summary>That of a node of this process.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="folder">What its <c>run.folder</c> is known by; empty where its roles need none.</param>
    public static NodeBuild Of(Config config, string folder) => new(
        typeof(NodeBuild).Assembly.GetName().Version!.ToString(3),
        WireDigest.OfWire,
        Digest(config, SerializerKeys),
        Digest(config, FrameKeys),
        Digest(config, DowningKeys),
        folder);

    /// <summary>Reads what <see cref="ToString"/> has written; of any other text only the release is known.</summary>
    public static NodeBuild Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? new NodeBuild(Part("release"), Part("w"), Part("s"), Part("m"), Part("d"), Part("f"))
            : new NodeBuild(text, "", "", "", "", "");

        string Part(string name) => match.Groups[name].Value;
    }

    /// <summary>Why two nodes cannot work together; null where they can.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="here">Address of the node that this is the build of.</param>
    /// <param name="there">Address of the other one.</param>
    public string? Fault(NodeBuild other, string here, string there)
    {
        if (other.Release != Release)
        {
            return $"{here} is release {Release}, {there} is {other.Release}; install the same on all nodes";
        }

        if (other.Wire != Wire)
        {
            return $"{here} and {there} are builds of release {Release} with other messages; install the same on all "
                + "nodes";
        }

        var keys = other.Serializers != Serializers ? SerializerKeys
            : other.Frames != Frames ? FrameKeys
            : other.Downing != Downing ? DowningKeys
            : [];
        if (keys.Length > 0)
        {
            return $"{string.Join(", ", keys)}: not the same at {here} and {there}; write the same on all nodes";
        }

        return other.Folder.Length > 0 && Folder.Length > 0 && other.Folder != Folder
            ? $"r1reward.run.folder: not the same storage at {here} and {there} ({SharedFolder.FileName} in it "
                + "differs); all nodes that coordinate or train need the same folder"
            : null;
    }

    /// <summary>All of it as a version that the engine takes.</summary>
    public override string ToString() => $"{Release}-w{Wire}-s{Serializers}-m{Frames}-d{Downing}-f{Folder}";

    private static string Digest(Config config, IEnumerable<string> keys) => WireDigest.Of(
        keys.Where(config.HasPath).SelectMany(key => HoconTree.Print(config, key).Split('\n')));

    [GeneratedRegex(
        @"^(?<release>[0-9.]+)-w(?<w>\w*)-s(?<s>\w*)-m(?<m>\w*)-d(?<d>\w*)-f(?<f>\w*)$")]
    private static partial Regex Form();
}
