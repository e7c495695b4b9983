namespace R1Reward.Actors.Runs.Record;

/// <summary>One bar of a chart.</summary>
/// <param name="From">Where it begins on the axis below.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Height">Its value, 0 or more.</param>
/// <param name="Colour">Which of the page's colours it has, from 0.</param>
internal sealed record ChartBar(double From, double To, double Height, int Colour);
