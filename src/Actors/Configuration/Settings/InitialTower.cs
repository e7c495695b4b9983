using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>
/// Shape of a tower with a random start; 2 x 2 patches become one token. The window counts for Qwen2.5-VL alone.
/// </summary>
public sealed record InitialTower(
    bool Enabled, VisionFamily Family, int Width, int Layers, int Heads, int IntermediateSize, int WindowSize)
{
    private static readonly Dictionary<string, VisionFamily> _families =
        new[] { VisionFamily.Qwen25, VisionFamily.Qwen3 }.ToDictionary(family => family.ModelType);

    /// <summary>Reads the keys under <c>r1reward.model.init.vision</c>.</summary>
    public static InitialTower Read(SettingsReader reader, string prefix)
    {
        var tower = new InitialTower(
            reader.Flag(prefix + "enabled"),
            reader.OneOf(prefix + "family", _families),
            reader.Whole(prefix + "width", 8),
            reader.Whole(prefix + "layers", 1),
            reader.Whole(prefix + "heads", 1),
            reader.Whole(prefix + "intermediate-size", 8),
            reader.Whole(prefix + "window-size", 28));
        if (tower.Heads > 0 && (tower.Width % tower.Heads != 0 || tower.Width / tower.Heads % 4 != 0))
        {
            reader.Refuse(prefix + "heads", $"width {tower.Width} must divide into heads of a size that four divides");
        }

        if (tower.WindowSize % 28 != 0)
        {
            reader.Refuse(prefix + "window-size", "write a multiple of 28 pixels, one token");
        }

        return tower;
    }
}
