using System.Globalization;
using R1Reward.ScalarModels;

// What bench/srm/run has trained: curves into the folder of the second argument, two tables on standard output.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [var runs, var plots])
{
    Console.Error.WriteLine("srm.dll RUNS PLOTS: the folder of the runs, and that of the curves");
    return 2;
}

Curves.Draw(runs, plots);
Curves.Print(runs);
Questions.Print(Path.Combine(runs, "results"));
Counting.Print();
return 0;
