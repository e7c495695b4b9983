namespace R1Reward.Data.Scenes;

/// <summary>A cell of the grid, written like a chess square: column letter, then row number from the top.</summary>
/// <param name="Column">0 is the leftmost, written <c>a</c>.</param>
/// <param name="Row">0 is the top one, written <c>1</c>.</param>
public readonly record struct SceneCell(int Column, int Row)
{
    /// <summary>The name of the cell, for example <c>b3</c>: a letter for the column, a number for the row.</summary>
    public override string ToString() => $"{(char)('a' + Column)}{Row + 1}";
}
