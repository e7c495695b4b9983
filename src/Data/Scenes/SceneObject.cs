namespace R1Reward.Data.Scenes;

/// <summary>One coloured shape in its cell.</summary>
public sealed record SceneObject(SceneColour Colour, SceneShape Shape, SceneCell Cell)
{
    /// <summary>The object in words, for example <c>red circle</c>.</summary>
    public string Words => $"{SceneWords.For(Colour)} {SceneWords.For(Shape)}";
}
