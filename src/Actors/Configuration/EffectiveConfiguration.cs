using Akka.Configuration;
using R1Reward.Actors.Configuration.Hocon;

namespace R1Reward.Actors.Configuration;

/// <summary>A merged configuration and where its values come from.</summary>
/// <param name="Config">Everything merged.</param>
/// <param name="Sources">What was merged over reference.conf, strongest first.</param>
public sealed record EffectiveConfiguration(Config Config, IReadOnlyList<ConfigSource> Sources)
{
    /// <summary>A reader that knows the lines of the sources.</summary>
    public SettingsReader Reader() => new(Config, Sources);

    /// <summary>
    /// The keys under <c>r1reward</c> as HOCON text; paths stand absolute in it, and the text of a template file is in
    /// it, since it is read elsewhere.
    /// </summary>
    public string Print()
    {
        var above = Absolute(PathKeys);
        if (TemplateFile.ToCarry(Reader()) is { } template)
        {
            above = above.Append((TemplateFile.NameKey, template.Id)).Append((TemplateFile.TextKey, template.Source!));
        }

        return HoconTree.Print(Assigned(above).WithFallback(Config), "r1reward");
    }

    /// <summary>
    /// As <see cref="Print"/>, with what was changed under <c>akka</c>: everything a further process of this machine
    /// needs.
    /// </summary>
    public string PrintWithAkka()
    {
        var changed = Sources.Aggregate(
            Assigned(Absolute([CertificateCheck.PathKey])), (merged, source) => merged.WithFallback(source.Config));
        return Print() + (changed.HasPath("akka") ? HoconTree.Print(changed, "akka") : "");
    }

    /// <summary>The configuration with settings that the program chooses, above all others.</summary>
    /// <param name="text">HOCON text.</param>
    /// <param name="name">What messages call its source.</param>
    public EffectiveConfiguration With(string text, string name)
    {
        var source = ConfigSource.FromText(text, name, Environment.CurrentDirectory);
        return new EffectiveConfiguration(source.Config.WithFallback(Config), [source, .. Sources]);
    }

    private static readonly string[] DataKeys = ["r1reward.data.train", "r1reward.data.heldout"];

    private IEnumerable<(string Key, string Value)> Absolute(IEnumerable<string> keys)
    {
        var reader = Reader();
        return keys
            .Select(key => (Key: key, Path: DataKeys.Contains(key) ? reader.Dataset(key) : reader.File(key)))
            .Where(entry => entry.Path.Length > 0);
    }

    private static Config Assigned(IEnumerable<(string Key, string Value)> entries) => ConfigurationFactory.ParseString(
        string.Concat(entries.Select(entry => $"{entry.Key} = {HoconTree.Quote(entry.Value)}\n")));

    private static readonly string[] PathKeys =
    [
        "r1reward.model.path",
        "r1reward.model.tokenizer.path",
        .. DataKeys,
        "r1reward.node.cache",
        "r1reward.node.tls.authority",
        "r1reward.node.tls.password-file",
        "r1reward.rewards.folder",
        "r1reward.judge.cache-folder",
    ];
}
